-- What people said when they resolved an incident. A reopened one is resolved again: the last word counts.
create table resolutions (
  incident_id text primary key references incidents,
  impact text not null,
  users_affected text,
  -- null: not known yet, which the RCA marks as missing.
  root_cause text,
  resolved_by_team text not null,
  resolved_by_user text not null,
  -- Why it was resolved although something still stood against it.
  override_reason text,
  at timestamptz not null default app.now()
);

create table follow_ups (
  id text primary key,
  incident_id text not null references incidents,
  action text not null,
  owner_team text,
  owner_user text,
  due_on date,
  status text not null default 'open' check (status in ('open', 'done', 'dropped')),
  created_at timestamptz not null default app.now(),
  check ((owner_team is null) = (owner_user is null))
);
create index follow_ups_by_incident on follow_ups (incident_id, created_at);

-- The document as drafted from facts; a newer draft is a new row.
create table rcas (
  incident_id text not null references incidents,
  version int not null,
  kind text not null check (kind in ('rca', 'short-note')),
  markdown text not null,
  -- Fields that only people can fill and nobody has.
  missing jsonb not null,
  file_id text,
  drafted_at timestamptz not null default app.now(),
  primary key (incident_id, version)
);
