-- The row of a run is the truth; the message in the queue only says where to look.
create table run (
  {{tenant}},
  id {{uuid}} not null,
  kind text not null,
  state text not null,                 -- queued, running, done, failed, cancelled
  params text not null,                -- JSON, the run's own
  cursor text not null default '',     -- where the next chunk begins
  done bigint not null default 0,
  total bigint not null default 0,
  attempt integer not null default 0,  -- fencing token
  failures integer not null default 0,
  run_after {{instant}} not null,
  lease_until {{instant}},
  worker text not null default '',
  result text not null default '',     -- JSON
  error text not null default '',      -- Italian sentence
  created_by text not null,
  created_at {{instant}} not null,
  finished_at {{instant}},
  unique_key text,                     -- periodic work: one run a period
  primary key (tenant_id, id),
  unique (tenant_id, kind, unique_key)
);
create index run_due on run (tenant_id, state, run_after);
