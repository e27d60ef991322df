-- The municipality itself, who did what, and what came in.
create table municipality (            -- one row: the set-up that has no list of its own
  {{tenant}},
  slug text not null,
  name text not null,
  settings text not null,              -- JSON, see tenants.Settings
  changed_at {{instant}} not null,
  primary key (tenant_id)
);
create table audit (
  {{tenant}},
  id {{uuid}} not null,
  at {{instant}} not null,
  actor text not null,
  role text not null,
  action text not null,
  object text not null,
  detail text not null,
  primary key (tenant_id, id)
);
create table blob (                    -- content-addressed; the bytes stand in blob_chunk
  {{tenant}},
  sha256 text not null,
  upload_id {{uuid}} not null,
  bytes bigint not null,
  at {{instant}} not null,
  primary key (tenant_id, sha256)
);
create table blob_chunk (
  {{tenant}},
  upload_id {{uuid}} not null,
  seq integer not null,
  data {{bytes}} not null,
  primary key (tenant_id, upload_id, seq)
);
create table inbound (                 -- every message from outside, before it is parsed
  {{tenant}},
  id {{uuid}} not null,
  at {{instant}} not null,
  source text not null,                -- channel key, "upload", "cli"
  kind text not null,
  name text not null,
  sha256 text not null,
  verdict text not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, sha256) references blob (tenant_id, sha256)
);
