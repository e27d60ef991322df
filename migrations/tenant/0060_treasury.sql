-- What the Treasurer says: the days of the cash journal, every movement, the
-- provisional credits and debits. The first three are facts.
create table journal_flow (            -- one sub-account in one file
  {{tenant}},
  id {{uuid}} not null,
  flow text not null,                  -- the Treasurer's name of the file, with its page
  account text not null,
  year integer not null,
  from_on {{date}},
  to_on {{date}},
  source text not null,
  hash text not null,                  -- of all that the file says of the sub-account
  opening bigint,
  closing bigint,
  credit bigint,
  debit bigint,
  movements integer not null,
  totals text not null,                -- JSON: the tail's totals of the year, in cents
  equations text not null,             -- JSON: "1" to "6": true, false or null
  revises {{uuid}},                    -- the earlier word on the same day
  known_at {{instant}} not null,
  primary key (tenant_id, id),
  unique (tenant_id, account, flow, hash)
);
create index journal_flow_day on journal_flow (tenant_id, account, to_on);
create table journal_entry (           -- one movement, as first told
  {{tenant}},
  id {{uuid}} not null,
  account text not null,
  year integer not null,
  document text not null,
  number text not null,
  progressive text not null,
  operation text not null,
  movement text not null,
  credit boolean not null,
  cents bigint not null,
  booked_on {{date}} not null,
  value_on {{date}},
  effective_on {{date}},
  siope text not null,
  reference text not null,
  end_to_end text not null,
  quittance text not null,
  party_name text not null,
  party_code text not null,
  party_iban text not null,
  text text not null,
  closes text not null,                -- JSON: provisionals of an order, with cents or null
  raw text not null,
  flow text not null,
  source text not null,
  line integer not null,
  hash text not null,
  known_at {{instant}} not null,
  primary key (tenant_id, id),
  constraint journal_entry_key unique (tenant_id, account, year, document, number, progressive, operation, movement)
);
create index journal_entry_day on journal_entry (tenant_id, account, booked_on);
create table journal_difference (      -- a movement told again with other content: kept, not applied
  {{tenant}},
  id {{uuid}} not null,
  entry_id {{uuid}} not null,
  was text not null,
  now text not null,
  hash text not null,
  source text not null,
  line integer not null,
  known_at {{instant}} not null,
  primary key (tenant_id, id),
  unique (tenant_id, entry_id, hash),
  foreign key (tenant_id, entry_id) references journal_entry (tenant_id, id)
);
create table journal_waiting (         -- a movement that cannot be applied yet
  {{tenant}},
  entry_id {{uuid}} not null,
  account text not null,
  year integer not null,
  side text not null,                  -- credit, debit: side of the provisional it waits for; order
  number text not null,
  why text not null,
  since {{instant}} not null,
  primary key (tenant_id, entry_id),
  foreign key (tenant_id, entry_id) references journal_entry (tenant_id, id)
);
create index journal_waiting_for on journal_waiting (tenant_id, account, year, side, number);
create table provisional (             -- sospeso; a cache of what the movements say
  {{tenant}},
  id {{uuid}} not null,
  account text not null,
  year integer not null,
  number text not null,
  side text not null,                  -- credit, debit
  cents bigint not null,
  cancelled bigint not null,
  regularised bigint not null,
  effective_on {{date}} not null,      -- starts the 60 days
  booked_on {{date}} not null,
  party_name text not null,
  party_code text not null,
  party_iban text not null,
  text text not null,
  reference text not null,
  end_to_end text not null,
  siope text not null,
  quittance text not null,
  state text not null,                 -- open, closed, cancelled
  source text not null,
  line integer not null,
  known_at {{instant}} not null,
  primary key (tenant_id, id),
  constraint provisional_key unique (tenant_id, account, year, side, number),
  check (cents > 0 and cancelled >= 0 and regularised >= 0 and cancelled + regularised <= cents)
);
create index provisional_open on provisional (tenant_id, state, effective_on, id);
create index provisional_number on provisional (tenant_id, number);
