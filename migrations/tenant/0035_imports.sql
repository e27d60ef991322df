-- What is wrong or odd in a file that was brought in, and the other keys by
-- which an office calls a debt.
create table import_problem (
  {{tenant}},
  run_id {{uuid}} not null,
  seq bigint not null,
  line bigint not null,                -- 1-based; 0 = the file as a whole
  field text not null,
  value text not null,                 -- may hold personal data: never logged
  reason text not null,                -- Italian sentence
  severity text not null,              -- error, warning, change
  primary key (tenant_id, run_id, seq),
  foreign key (tenant_id, run_id) references run (tenant_id, id)
);
create index import_problem_line on import_problem (tenant_id, run_id, line, seq);
create table debt_alias (              -- key of a payable unit (GovPay: idPendenza)
  {{tenant}},
  alias text not null,
  debt_id {{uuid}} not null,
  annulled boolean not null default false, -- the unit; the debt follows when all are
  primary key (tenant_id, alias, debt_id),
  foreign key (tenant_id, debt_id) references debt (tenant_id, id)
);
create index debt_alias_debt on debt_alias (tenant_id, debt_id);
