-- A requested action and what became of it. The row is the only truth: buttons and modals carry its id and nothing else.
create table executions (
  id text primary key,
  incident_id text not null references incidents,
  -- Id of src/actions/<id>.ts and the parameters as validated by its schema.
  action text not null,
  params jsonb not null,
  -- What is touched: kubernetes:<context>/<namespace>/deployment/<name>.
  target text not null,
  service text,
  environment text not null,
  requested_by_team text not null,
  requested_by_user text not null,
  requested_by_person text not null,
  requested_at timestamptz not null default app.now(),
  reason text,
  -- The step of a checklist it was asked from, and the hash of that playbook's text.
  step_key text,
  playbook_version text,
  -- What the approver sees, what was observed when it was made, and the hash that an approval is bound to.
  -- Null while nothing could be observed: such a row can only be done by hand or given up.
  plan jsonb,
  spec jsonb,
  observed_at timestamptz,
  plan_hash text,
  state text not null default 'requested' check (state in ('requested', 'awaiting-approval', 'approved', 'running',
    'verifying', 'succeeded', 'failed', 'unknown', 'denied', 'expired', 'cancelled', 'superseded', 'by-hand')),
  mode text not null default 'approval' check (mode in ('approval', 'break-glass', 'by-hand')),
  expires_at timestamptz,
  -- People who approved: [{"teamId":…,"userId":…,"personId":…}]; for break-glass the one who broke it.
  approved_by jsonb not null default '[]',
  approved_at timestamptz,
  started_at timestamptz,
  ended_at timestamptz,
  -- Who ended it, where a person did (denied, cancelled, done by hand).
  ended_by jsonb,
  outcome text,
  progress jsonb,
  observed_after jsonb,
  supersedes text references executions,
  superseded_by text references executions,
  -- Whoever runs it holds the lease and renews it; when it runs out, another replica goes on.
  lease_owner text,
  lease_until timestamptz,
  check (state in ('requested', 'cancelled', 'by-hand') or (plan is not null and spec is not null and plan_hash is not null and expires_at is not null))
);

-- The lock: one execution per target from before anyone is asked until it has ended.
create unique index executions_one_per_target on executions (target)
  where state in ('awaiting-approval', 'approved', 'running', 'verifying');
create index executions_by_incident on executions (incident_id, requested_at);
