-- What a municipality sets up: catalogue, channels, accounts, chart.
create table office (
  {{tenant}},
  code text not null,
  name text not null,
  name_de text not null default '',
  primary key (tenant_id, code)
);
create table debt_type (
  {{tenant}},
  code text not null,
  office text not null,
  name text not null,
  name_de text not null default '',
  active boolean not null default true,
  spontaneous boolean not null default false,
  setup text not null,                 -- JSON, see tenants.TypeSetup
  changed_at {{instant}} not null,
  primary key (tenant_id, code),
  foreign key (tenant_id, office) references office (tenant_id, code)
);
create table channel (
  {{tenant}},
  key text not null,
  enabled boolean not null default false,
  settings text not null,              -- JSON object of the channel's own fields
  changed_at {{instant}} not null,
  primary key (tenant_id, key)
);
create table channel_secret (          -- never part of a kit
  {{tenant}},
  channel text not null,
  field text not null,
  sealed {{bytes}} not null,
  changed_at {{instant}} not null,
  primary key (tenant_id, channel, field)
);
create table account (                 -- where money arrives
  {{tenant}},
  key text not null,
  name text not null,
  kind text not null,                  -- treasury, outside
  source text not null,                -- journal, statement: the one truth that posts
  number text not null default '',     -- conto evidenza, postal account, IBAN
  iban text not null default '',
  primary key (tenant_id, key)
);
create table chapter (
  {{tenant}},
  year integer not null,
  number text not null,
  article text not null default '',
  name text not null,
  account_code text not null,          -- level V of the integrated chart, dotted
  siope text not null,                 -- 10 digits
  title text not null default '',
  typology text not null default '',
  primary key (tenant_id, year, number, article)
);
create table assessment (              -- accertamento contabile
  {{tenant}},
  year integer not null,               -- year in which it was assessed
  number text not null,
  chapter text not null,
  article text not null default '',
  chapter_year integer not null,
  name text not null,
  primary key (tenant_id, year, number),
  foreign key (tenant_id, chapter_year, chapter, article) references chapter (tenant_id, year, number, article)
);
