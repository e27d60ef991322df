-- The ledger: transfers, balances, allocations, seals. Everything but
-- ledger_balance, allocation_end and allocation_state is a fact.
create table ledger_tx (
  {{tenant}},
  id {{uuid}} not null,
  key text{{if pg}} collate "C"{{end}} not null,                   -- idempotency key of the outside's event
  content_hash text not null,          -- SHA-256 of its content
  kind text not null,
  effective_on {{date}} not null,
  known_at {{instant}} not null,
  source text not null,
  actor text not null,
  derived boolean not null,            -- follows from other entries: no part of the digest
  voids {{uuid}},
  reason text not null,
  primary key (tenant_id, id),
  constraint ledger_key unique (tenant_id, key),
  constraint ledger_void_once unique (tenant_id, voids),
  foreign key (tenant_id, voids) references ledger_tx (tenant_id, id)
);
create table ledger_entry (            -- one row is one transfer
  {{tenant}},
  tx_id {{uuid}} not null,
  seq integer not null,
  event text not null,
  mirror boolean not null,             -- undoes a row of the event
  debit text not null,
  debit_ref {{uuid}} not null,
  credit text not null,
  credit_ref {{uuid}} not null,
  cents bigint not null check (cents > 0),
  primary key (tenant_id, tx_id, seq),
  foreign key (tenant_id, tx_id) references ledger_tx (tenant_id, id)
);
create index ledger_entry_debit on ledger_entry (tenant_id, debit_ref);
create index ledger_entry_credit on ledger_entry (tenant_id, credit_ref);
create table ledger_balance (          -- cents on the account's natural side
  {{tenant}},
  account text{{if pg}} collate "C"{{end}} not null,
  ref {{uuid}} not null,
  cents bigint not null,
  missing bigint not null,             -- of a first movement on the wrong side; never committed above 0
  either boolean not null,             -- the account has no natural side
  since {{date}} not null,             -- the day from which it has not been zero
  primary key (tenant_id, account, ref),
  constraint ledger_balance_side check (either or cents >= 0)
);
create table ledger_conflict (         -- the same key came with other content
  {{tenant}},
  id {{uuid}} not null,
  key text not null,
  tx_id {{uuid}} not null,
  content text not null,
  content_hash text not null,
  source text not null,
  at {{instant}} not null,
  primary key (tenant_id, id)
);
create table ledger_seal (             -- a block of the chain
  {{tenant}},
  number bigint not null,
  transactions integer not null,
  previous text not null,
  hash text not null,
  at {{instant}} not null,
  primary key (tenant_id, number)
);
create table ledger_seal_tx (
  {{tenant}},
  tx_id {{uuid}} not null,
  number bigint not null,
  seq integer not null,
  hash text not null,
  primary key (tenant_id, tx_id),
  unique (tenant_id, number, seq),
  foreign key (tenant_id, number) references ledger_seal (tenant_id, number)
);
create table allocation (              -- abbinamento: an edge between two neighbours on the line
  {{tenant}},
  id {{uuid}} not null,
  level text not null,
  left_ref {{uuid}} not null,
  right_ref {{uuid}} not null,
  cents bigint not null check (cents > 0),
  key text not null,
  origin text not null,
  rule text not null,
  evidence text not null,
  rivals integer not null,
  run_id {{uuid}},
  who text not null,
  made_at {{instant}} not null,
  primary key (tenant_id, id)
);
create table allocation_event (        -- its decisions, the first one included
  {{tenant}},
  allocation_id {{uuid}} not null,
  seq integer not null,
  status text not null,
  origin text not null,
  rule text not null,
  reason text not null,
  who text not null,
  at {{instant}} not null,
  primary key (tenant_id, allocation_id, seq),
  foreign key (tenant_id, allocation_id) references allocation (tenant_id, id)
);
create table allocation_state (        -- the last decision; check can rebuild it
  {{tenant}},
  allocation_id {{uuid}} not null,
  level text not null,
  left_ref {{uuid}} not null,
  right_ref {{uuid}} not null,
  cents bigint not null,
  live_key text,                       -- the natural key while it is not void
  seq integer not null,
  status text not null,
  origin text not null,
  held boolean not null,
  primary key (tenant_id, allocation_id),
  constraint allocation_key unique (tenant_id, live_key),
  foreign key (tenant_id, allocation_id) references allocation (tenant_id, id)
);
create index allocation_left on allocation_state (tenant_id, level, left_ref);
create index allocation_right on allocation_state (tenant_id, level, right_ref);
create index allocation_status on allocation_state (tenant_id, level, status);
create table allocation_end (          -- what an end holds, and how much of it is confirmed
  {{tenant}},
  level text not null,
  side text not null,
  ref {{uuid}} not null,
  total bigint not null,
  used bigint not null,
  primary key (tenant_id, level, side, ref),
  constraint allocation_end_used check (used >= 0 and used <= total)
);
create table share (                   -- which cents of which item stand in which allocation
  {{tenant}},
  id {{uuid}} not null,
  allocation_id {{uuid}} not null,
  level text not null,
  line_ref {{uuid}} not null,
  item_ref {{uuid}} not null,
  cents bigint not null check (cents > 0),
  seq integer not null,
  made_at {{instant}} not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, allocation_id) references allocation (tenant_id, id)
);
create index share_allocation on share (tenant_id, allocation_id);
create index share_line on share (tenant_id, line_ref);
create index share_item on share (tenant_id, item_ref);
