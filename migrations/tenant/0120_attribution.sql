-- What a person did with money of nobody known, or with an excess: it paid a
-- debt, or an earlier decision was taken back. Its rows among the lines of the
-- collection say from which line of the channel's the money is.
create table attribution (
  {{tenant}},
  id {{uuid}} not null,
  collection_id {{uuid}} not null,
  number integer not null,             -- turn of the collection
  key text,                            -- of the form that asked: asked twice, done once
  debt_id {{uuid}} not null,
  instalment_id {{uuid}} not null,
  cents bigint not null check (cents > 0),
  undoes {{uuid}},                     -- takes this one back
  tx_id {{uuid}} not null,             -- in the ledger
  booked text not null,                -- JSON, debts.Booked
  reason text not null,
  who text not null,
  at {{instant}} not null,
  primary key (tenant_id, id),
  unique (tenant_id, collection_id, number),
  unique (tenant_id, key),
  unique (tenant_id, undoes),
  foreign key (tenant_id, collection_id) references collection (tenant_id, id)
);
create index attribution_debt on attribution (tenant_id, debt_id);
alter table collection_line add column root integer;           -- seq of the line whose money this is; null: the channel's own
alter table collection_line add column attribution_id {{uuid}};
-- Which cents of a batch's line went into an exported order: what is known of
-- them later does not move them.
create table collection_order_part (
  {{tenant}},
  order_id {{uuid}} not null,
  seq integer not null,
  provisional_id {{uuid}} not null,
  line_ref {{uuid}} not null,          -- the line of the remittance
  item_id {{uuid}},                    -- null: an excess, or unknown then
  gross bigint not null,
  fee bigint not null,
  primary key (tenant_id, order_id, seq),
  foreign key (tenant_id, order_id) references collection_order (tenant_id, id)
);
create index collection_order_part_credit on collection_order_part (tenant_id, provisional_id);
create index collection_order_part_line on collection_order_part (tenant_id, line_ref);
