-- Few transactions of the ledger void another: the index that lets each be
-- voided once holds those few only.
{{if pg}}
alter table ledger_tx drop constraint ledger_void_once;
{{else}}
create temp table voids_moved as select * from ledger_tx; -- SQLite drops no constraint: the table is written anew
drop table ledger_tx;
create table ledger_tx (
  {{tenant}},
  id {{uuid}} not null,
  key text not null,
  content_hash text not null,
  kind text not null,
  effective_on {{date}} not null,
  known_at {{instant}} not null,
  source text not null,
  actor text not null,
  derived boolean not null,
  voids {{uuid}},
  reason text not null,
  primary key (tenant_id, id),
  constraint ledger_key unique (tenant_id, key),
  foreign key (tenant_id, voids) references ledger_tx (tenant_id, id)
);
insert into ledger_tx select * from voids_moved;
drop table voids_moved;
{{end}}
create unique index ledger_void_once on ledger_tx (tenant_id, voids) where voids is not null;
