-- Who may enter a municipality: its staff, its citizens, their sessions.
create table membership (              -- a person's role in this town; never deleted, only revoked
  {{tenant}},
  id {{uuid}} not null,
  person_id {{uuid}} not null,         -- platform's person
  name text not null,                  -- as known when granted, for lists
  email text not null,
  role text not null check (role in ('clerk', 'accountant', 'administrator')),
  offices text not null,               -- JSON list; empty: all
  granted_by text not null,
  granted_at {{instant}} not null,
  revoked_by text,
  revoked_at {{instant}},
  primary key (tenant_id, id)
);
create unique index membership_active on membership (tenant_id, person_id, role) where revoked_at is null;
create table citizen (                 -- who came through the identity provider; known to this town alone
  {{tenant}},
  id {{uuid}} not null,
  issuer text not null,
  subject text not null,
  fiscal_code text not null,
  given_name text not null,
  family_name text not null,
  email text not null,
  level text not null,                 -- acr of the last log-in
  created_at {{instant}} not null,
  seen_at {{instant}} not null,
  primary key (tenant_id, id),
  unique (tenant_id, issuer, subject)
);
create index citizen_fiscal_code on citizen (tenant_id, fiscal_code);
create table session (
  {{tenant}},
  id {{bytes}} not null,               -- SHA-256 of the token
  host text not null,
  kind text not null check (kind in ('staff', 'citizen')),
  person_id {{uuid}},
  citizen_id {{uuid}},
  created_at {{instant}} not null,
  seen_at {{instant}} not null,
  idle_until {{instant}} not null,
  expires_at {{instant}} not null,
  revoked_at {{instant}},
  primary key (tenant_id, id),
  foreign key (tenant_id, citizen_id) references citizen (tenant_id, id),
  check ((kind = 'staff') = (person_id is not null)),
  check ((kind = 'citizen') = (citizen_id is not null))
);
create index session_person on session (tenant_id, person_id);
create index session_expires on session (tenant_id, expires_at);
create table login_failure (           -- attempts that no success has cleared
  {{tenant}},
  who {{bytes}} not null,              -- SHA-256 of the e-mail that was typed, known or not
  failures integer not null,
  since {{instant}} not null,
  primary key (tenant_id, who)
);
create table oidc_state (              -- a log-in on its way to the identity provider
  {{tenant}},
  id {{bytes}} not null,               -- SHA-256 of the state
  nonce text not null,
  verifier text not null,
  redirect text not null,
  next text not null,
  expires_at {{instant}} not null,
  primary key (tenant_id, id)
);
create index oidc_state_expires on oidc_state (tenant_id, expires_at);
