-- What people said to a request. Approval is computed again from these rows, never toggled.
create table votes (
  execution_id text not null references executions,
  person_id text not null,
  team_id text not null,
  user_id text not null,
  verdict text not null check (verdict in ('approve', 'deny')),
  -- The plan this person saw; a vote for another plan does not count.
  plan_hash text not null,
  reason text,
  at timestamptz not null default app.now(),
  primary key (execution_id, person_id)
);

-- Every use of break-glass waits for the look of another manager; it blocks closing the incident, never resolving it.
create table break_glass_uses (
  execution_id text primary key references executions,
  incident_id text not null references incidents,
  person_id text not null,
  team_id text not null,
  user_id text not null,
  reason_code text not null,
  line text not null,
  at timestamptz not null default app.now(),
  reviewed_by_person text,
  reviewed_by_team text,
  reviewed_by_user text,
  reviewed_at timestamptz,
  check (reviewed_by_person is null or reviewed_by_person <> person_id)
);
create index break_glass_unreviewed on break_glass_uses (incident_id) where reviewed_at is null;
