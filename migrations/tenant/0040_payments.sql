-- What a payer is about to pay, and each try on a channel.
create table cart (
  {{tenant}},
  id {{uuid}} not null,
  token text not null,                 -- SHA-256 of the unguessable address
  owner text not null default '',      -- session or citizen that filled it
  payer_name text not null default '',
  payer_code text not null default '',
  payer_email text not null default '',
  state text not null,                 -- open, waiting, paid, expired
  channel text not null default '',    -- waiting: where the money is expected from
  waiting_until {{date}},
  created_at {{instant}} not null,
  changed_at {{instant}} not null,
  primary key (tenant_id, id),
  unique (tenant_id, token)
);
create table cart_line (
  {{tenant}},
  cart_id {{uuid}} not null,
  instalment_id {{uuid}} not null,
  debt_id {{uuid}} not null,
  seq integer not null,
  cents bigint not null,               -- price when it was last shown or frozen
  label text not null,
  primary key (tenant_id, cart_id, instalment_id),
  foreign key (tenant_id, cart_id) references cart (tenant_id, id),
  foreign key (tenant_id, instalment_id) references instalment (tenant_id, id)
);
create table attempt (
  {{tenant}},
  id {{uuid}} not null,
  cart_id {{uuid}} not null,
  channel text not null,
  code text not null,                  -- what the provider calls it: codTrans, slip code
  cents bigint not null,
  state text not null,                 -- created, pending, collected, refused, cancelled, expired, mismatch
  lines text not null,                 -- JSON: the prices frozen
  frozen_on {{date}} not null,         -- the payer's day
  expires_at {{instant}} not null,
  provider_id text not null default '',
  detail text not null default '',     -- Italian: why it was refused, what did not agree
  created_at {{instant}} not null,
  changed_at {{instant}} not null,
  primary key (tenant_id, id),
  unique (tenant_id, channel, code),
  foreign key (tenant_id, cart_id) references cart (tenant_id, id)
);
create index attempt_cart on attempt (tenant_id, cart_id);
create index attempt_open on attempt (tenant_id, state, changed_at);
