-- What is owed and how it may be paid.
create table counter (                 -- numbers that are given out once
  {{tenant}},
  name text not null,
  value bigint not null,
  primary key (tenant_id, name)
);
create table debt (
  {{tenant}},
  id {{uuid}} not null,
  type text not null,
  office text not null,
  position text not null,              -- the office's own key
  reason text not null,                -- causale
  debtor_kind text not null,           -- person, organisation, unknown
  debtor_code text not null,           -- of the first debtor; the others in debt_party
  debtor_name text not null,
  debtor_key text{{if pg}} collate "C"{{end}} not null,          -- the name folded, for search by prefix
  notified_on {{date}},
  due_on {{date}},                     -- the first one still to come when it was loaded
  minimum bigint not null default 0,
  maximum bigint not null default 0,
  suspensions text not null default '[]',
  fields text not null default '{}',
  cents bigint not null,               -- due by title, as last changed
  paid bigint not null default 0,      -- cached; check rebuilds it from the ledger
  state text not null,                 -- open, partly, paid, annulled
  chosen text not null default '',     -- the option that a payment has chosen
  source text not null,                -- "file <sha256>", "hand", "portal"
  hash text not null,                  -- of the content as loaded
  created_at {{instant}} not null,
  changed_at {{instant}} not null,
  primary key (tenant_id, id),
  unique (tenant_id, type, position),
  foreign key (tenant_id, type) references debt_type (tenant_id, code),
  check (cents >= 0 and paid >= 0)
);
create index debt_due on debt (tenant_id, state, due_on, id);
create index debt_debtor on debt (tenant_id, debtor_code);
create index debt_name on debt (tenant_id, debtor_key);
create table debt_party (
  {{tenant}},
  debt_id {{uuid}} not null,
  seq integer not null,
  role text not null,                  -- debtor, co-debtor, heir, guardian
  kind text not null,
  code text not null,
  name text not null,
  email text not null,
  address text not null,
  primary key (tenant_id, debt_id, seq),
  foreign key (tenant_id, debt_id) references debt (tenant_id, id)
);
create index debt_party_code on debt_party (tenant_id, code);
create table debt_item (
  {{tenant}},
  id {{uuid}} not null,
  debt_id {{uuid}} not null,
  seq integer not null,
  key text not null,
  label text not null,
  cents bigint not null,               -- due by title, as last changed
  is_cost boolean not null,
  body text not null,                  -- codice fiscale of another body, '' = ours
  iban text not null,                  -- paid straight to the body, when not empty
  vat text not null,
  revenue text not null,               -- JSON, tenants.Revenue
  primary key (tenant_id, id),
  unique (tenant_id, debt_id, key),
  foreign key (tenant_id, debt_id) references debt (tenant_id, id),
  check (cents >= 0)
);
create table instalment (
  {{tenant}},
  id {{uuid}} not null,
  debt_id {{uuid}} not null,
  option_key text not null,
  number integer not null,
  due_on {{date}},
  valid_until {{date}},
  cents bigint not null,
  paid bigint not null default 0,
  state text not null,                 -- open, paid, closed
  primary key (tenant_id, id),
  foreign key (tenant_id, debt_id) references debt (tenant_id, id)
);
create index instalment_debt on instalment (tenant_id, debt_id);
create table portion (
  {{tenant}},
  instalment_id {{uuid}} not null,
  item_id {{uuid}} not null,
  cents bigint not null,
  paid bigint not null default 0,
  primary key (tenant_id, instalment_id, item_id),
  foreign key (tenant_id, instalment_id) references instalment (tenant_id, id),
  foreign key (tenant_id, item_id) references debt_item (tenant_id, id)
);
create table code (                    -- codice di pagamento
  {{tenant}},
  code text not null,
  kind text not null,                  -- notice, slip, rf
  debt_id {{uuid}},
  instalment_id {{uuid}},
  cart_id {{uuid}},                    -- one slip for a whole cart
  state text not null,                 -- active, closed, replaced
  issued_at {{instant}} not null,
  primary key (tenant_id, code),
  foreign key (tenant_id, instalment_id) references instalment (tenant_id, id)
);
create index code_instalment on code (tenant_id, instalment_id);
create index code_debt on code (tenant_id, debt_id);
create table debt_event (
  {{tenant}},
  id {{uuid}} not null,
  debt_id {{uuid}} not null,
  at {{instant}} not null,
  actor text not null,
  kind text not null,                  -- loaded, changed, annulled, reissued, paid
  cents bigint not null,
  detail text not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, debt_id) references debt (tenant_id, id)
);
create index debt_event_debt on debt_event (tenant_id, debt_id);
