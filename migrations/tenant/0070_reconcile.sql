-- Why a credit came: what each confirmation posted, and what a person says of
-- credits that no remittance explains. Both are facts; the matches themselves
-- are allocations of the ledger.
create table explanation (             -- the ledger's transaction of a confirmed match
  {{tenant}},
  allocation_id {{uuid}} not null,
  tx_id {{uuid}} not null,
  at {{instant}} not null,
  primary key (tenant_id, allocation_id)
);
create table credit_mark (             -- a person's word on a provisional credit
  {{tenant}},
  id {{uuid}} not null,
  provisional_id {{uuid}} not null,
  kind text not null,                  -- foreign, ours (takes foreign back)
  cents bigint not null,
  tx_id {{uuid}} not null,             -- what it posted
  reason text not null,
  who text not null,
  at {{instant}} not null,
  primary key (tenant_id, id)
);
create index credit_mark_provisional on credit_mark (tenant_id, provisional_id);
