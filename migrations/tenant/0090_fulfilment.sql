-- The service may be given, or may no longer be.
create table fulfilment (
  {{tenant}},
  id {{uuid}} not null,
  debt_id {{uuid}} not null,
  seq integer not null,
  kind text not null,                  -- released, told, suspended, revoked
  grade integer not null,              -- of certainty, see tenants.Grade
  cents bigint not null,               -- paid when it was decided
  reason text not null,
  at {{instant}} not null,
  actor text not null,
  primary key (tenant_id, id),
  unique (tenant_id, debt_id, seq),
  foreign key (tenant_id, debt_id) references debt (tenant_id, id)
);
