create table incidents (
  id text primary key,
  number bigint not null unique,
  -- Alerts with this key join the open incident; null for one that a person declared.
  group_key text,
  title text not null,
  slug text not null,
  severity text not null check (severity in ('P0', 'P1', 'P2', 'P3')),
  status text not null check (status in ('investigating', 'identified', 'monitoring', 'resolved', 'closed', 'merged')),
  service text,
  is_private boolean not null default false,
  -- How it came to be: {"kind":"alert","source":…} or {"kind":"person","teamId":…,"userId":…}.
  opened_by jsonb not null,
  commander_team text,
  commander_user text,
  started_at timestamptz not null,
  opened_at timestamptz not null default app.now(),
  acknowledged_at timestamptz,
  mitigated_at timestamptz,
  resolved_at timestamptz,
  closed_at timestamptz,
  channel_id text unique,
  channel_name text,
  -- How often a channel name was taken by somebody else; part of the name from the second try on.
  channel_suffix int not null default 0,
  -- When the people on call were invited; null while that is still to do.
  invited_at timestamptz,
  -- Why the route chose severity and service, in words.
  route_reason text,
  version bigint not null default 1,
  check ((commander_team is null) = (commander_user is null))
);
create unique index incidents_one_open_per_group on incidents (group_key)
  where group_key is not null and status in ('investigating', 'identified', 'monitoring');
create index incidents_open on incidents (severity, number) where status in ('investigating', 'identified', 'monitoring');

-- What arrived, as it arrived: kept 30 days for diagnosis, then only the row of the alert stays.
create table deliveries (
  id text primary key,
  source text not null,
  received_at timestamptz not null default app.now(),
  body_hash text not null,
  body text,
  alerts int not null,
  outcome jsonb not null
);
create index deliveries_by_time on deliveries (received_at);

create table alerts (
  id text primary key,
  source text not null,
  -- The series (stable) and its firing; the same pair again in one incident is a repeat.
  fingerprint text not null,
  starts_at timestamptz not null,
  ends_at timestamptz,
  status text not null check (status in ('firing', 'resolved')),
  name text not null,
  severity_label text,
  service text,
  labels jsonb not null,
  annotations jsonb not null,
  url text,
  incident_id text not null references incidents,
  first_seen_at timestamptz not null default app.now(),
  last_seen_at timestamptz not null default app.now(),
  seen int not null default 1,
  -- A firing that outlives its incident belongs to the next one as well.
  unique (source, fingerprint, starts_at, incident_id)
);
create index alerts_firing on alerts (source, fingerprint) where status = 'firing';
create index alerts_by_incident on alerts (incident_id, first_seen_at);
