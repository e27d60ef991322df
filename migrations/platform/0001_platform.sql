-- The closed list of tables that belong to no municipality.
create table tenant (
  id bigint primary key,               -- random: a town can move between instances
  slug text not null unique,
  name text not null,
  fiscal_code text not null,
  state text not null,                 -- pending, ready, closed
  created_at {{instant}} not null
);
create table host (
  name text primary key,               -- exact, lower case, without port
  tenant_id bigint not null references tenant (id)
);
create table person (                  -- a member of staff; may serve several towns
  id {{uuid}} primary key,
  email text not null unique,
  name text not null,
  created_at {{instant}} not null,
  disabled_at {{instant}}
);
create table credential (
  person_id {{uuid}} primary key references person (id),
  hash text not null,                  -- argon2id, PHC form
  changed_at {{instant}} not null,
  failures integer not null default 0,
  locked_until {{instant}}
);
create table membership_hint (         -- where to look; the right itself is a row of the tenant
  person_id {{uuid}} not null references person (id),
  tenant_id bigint not null references tenant (id),
  primary key (person_id, tenant_id)
);
create table routing (                 -- postal account, station, creditor code -> tenant
  kind text not null,
  code text not null,
  tenant_id bigint not null references tenant (id),
  primary key (kind, code)
);
create table kit (
  id {{uuid}} primary key,
  name text not null,
  version integer not null,
  content text not null,
  published_by text not null,
  published_at {{instant}} not null,
  unique (name, version)
);
create table operator_grant (
  person_id {{uuid}} primary key references person (id),
  granted_at {{instant}} not null
);
create table operator_session (
  id {{bytes}} primary key,            -- SHA-256 of the token
  person_id {{uuid}} not null references person (id),
  host text not null,
  created_at {{instant}} not null,
  seen_at {{instant}} not null,
  expires_at {{instant}} not null
);
create table platform_audit (
  id {{uuid}} primary key,
  at {{instant}} not null,
  actor text not null,
  action text not null,
  object text not null,
  detail text not null
);
