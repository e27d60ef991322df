-- Money that a channel says was paid, and the batches in which it sends it on.
create table collection (
  {{tenant}},
  id {{uuid}} not null,
  channel text not null,
  key text not null,                   -- natural key inside the channel
  hash text not null,                  -- of what the channel said
  code text not null,                  -- code that was paid, '' = none
  cents bigint not null,
  fee bigint not null default 0,
  paid_on {{date}} not null,
  known_at {{instant}} not null,
  provider_id text not null,
  payer text not null,                 -- name as the channel has it
  cart_id {{uuid}},
  source text not null,
  primary key (tenant_id, id),
  unique (tenant_id, channel, key),
  check (cents > 0)
);
create index collection_code on collection (tenant_id, code);
create index collection_day on collection (tenant_id, paid_on, id);
create table collection_line (         -- what it paid
  {{tenant}},
  collection_id {{uuid}} not null,
  seq integer not null,
  kind text not null,                  -- item, excess, unknown
  debt_id {{uuid}},
  instalment_id {{uuid}},
  item_id {{uuid}},
  cents bigint not null,
  primary key (tenant_id, collection_id, seq),
  foreign key (tenant_id, collection_id) references collection (tenant_id, id)
);
create index collection_line_debt on collection_line (tenant_id, debt_id);
create index collection_line_item on collection_line (tenant_id, item_id);
create table receipt (
  {{tenant}},
  id {{uuid}} not null,
  number text not null,
  token text not null,                 -- unguessable and permanent
  collection_id {{uuid}} not null,
  issued_at {{instant}} not null,
  primary key (tenant_id, id),
  unique (tenant_id, token),
  unique (tenant_id, number),
  unique (tenant_id, collection_id),
  foreign key (tenant_id, collection_id) references collection (tenant_id, id)
);
create table remittance (
  {{tenant}},
  id {{uuid}} not null,
  channel text not null,
  flow text not null,                  -- natural key inside the channel
  hash text not null,
  account text not null,
  remitted_on {{date}} not null,
  reference text not null,
  gross bigint not null,
  fee bigint not null,
  lines integer not null,
  source text not null,
  known_at {{instant}} not null,
  primary key (tenant_id, id),
  unique (tenant_id, channel, flow)
);
create table remittance_line (
  {{tenant}},
  remittance_id {{uuid}} not null,
  seq integer not null,
  key text not null,
  cents bigint not null,
  fee bigint not null,
  primary key (tenant_id, remittance_id, seq),
  foreign key (tenant_id, remittance_id) references remittance (tenant_id, id)
);
create index remittance_line_key on remittance_line (tenant_id, key);
