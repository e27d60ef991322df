-- Collection orders: those that we propose and export, and those that the
-- journal says were executed.
create table executed_order (          -- reversale or mandato, as the journal names it
  {{tenant}},
  id {{uuid}} not null,
  account text not null,
  year integer not null,
  document text not null,
  number text not null,
  primary key (tenant_id, id),
  constraint executed_order_key unique (tenant_id, account, year, document, number)
);
create index executed_order_number on executed_order (tenant_id, number);
create table executed_line (           -- a fact: what a movement of an order posted
  {{tenant}},
  entry_id {{uuid}} not null,
  order_id {{uuid}} not null,
  kind text not null,                  -- provisional, fee, straight, warrant
  cents bigint not null,
  tx_id {{uuid}} not null,
  at {{instant}} not null,
  primary key (tenant_id, entry_id, kind),
  foreign key (tenant_id, order_id) references executed_order (tenant_id, id)
);
create index executed_line_order on executed_line (tenant_id, order_id);
create table collection_order_export ( -- a fact: a file that left us
  {{tenant}},
  id {{uuid}} not null,
  at {{instant}} not null,
  who text not null,
  year integer not null,
  orders integer not null,
  cents bigint not null,
  csv text not null,                   -- SHA-256 of the stored file
  opi text not null,                   -- the same; '' = none
  primary key (tenant_id, id)
);
create table collection_order (        -- a proposal that was exported
  {{tenant}},
  id {{uuid}} not null,
  export_id {{uuid}} not null,
  label text not null,                 -- our name of it, until it has a number
  year integer not null,
  account text not null,
  assessment_year integer not null,
  assessment text not null,            -- '' = assessed on collection
  chapter text not null,
  article text not null,
  siope text not null,
  residue_year integer not null,       -- 0 = competence
  cents bigint not null,
  state text not null,                 -- exported, regularised, withdrawn
  number text not null,                -- as the journal says; '' = not yet
  executed_id {{uuid}},
  changed_at {{instant}} not null,
  primary key (tenant_id, id),
  unique (tenant_id, label),
  foreign key (tenant_id, export_id) references collection_order_export (tenant_id, id)
);
create index collection_order_state on collection_order (tenant_id, state);
create table collection_order_line (   -- a fact
  {{tenant}},
  order_id {{uuid}} not null,
  seq integer not null,
  kind text not null,                  -- REGOLARIZZAZIONE, COMPENSAZIONE
  cents bigint not null,
  provisional_id {{uuid}} not null,    -- of a compensation: the credit that it completes
  payer text not null,
  payer_code text not null,
  causale text not null,
  primary key (tenant_id, order_id, seq),
  foreign key (tenant_id, order_id) references collection_order (tenant_id, id)
);
create index collection_order_line_provisional on collection_order_line (tenant_id, provisional_id);
