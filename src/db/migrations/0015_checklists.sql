-- The text of a playbook as it was when a checklist began: a file that changes since changes no running checklist, and
-- replicas of different versions read the same steps.
create table playbook_texts (
  hash text primary key,
  text text not null,
  stored_at timestamptz not null default app.now()
);

create table checklists (
  id text primary key,
  incident_id text not null references incidents,
  -- The one of the severity, or one that an alert brought beside it.
  role text not null check (role in ('main', 'alongside')),
  playbook_hash text not null references playbook_texts,
  playbook_file text not null,
  playbook_origin text not null check (playbook_origin in ('team', 'shipped')),
  severity text not null check (severity in ('P0', 'P1', 'P2', 'P3')),
  -- Windows count from here.
  started_at timestamptz not null,
  folded_at timestamptz,
  -- Grows by one with every change of an item.
  version bigint not null default 0
);
create unique index checklists_one_main on checklists (incident_id) where role = 'main' and folded_at is null;
create unique index checklists_one_alongside on checklists (incident_id, playbook_file)
  where role = 'alongside' and folded_at is null;
create index checklists_by_incident on checklists (incident_id);

create table checklist_items (
  checklist_id text not null references checklists,
  step_id text not null,
  position int not null,
  state text not null default 'open' check (state in ('open', 'done', 'skipped')),
  by_person text,
  by_team text,
  by_user text,
  changed_at timestamptz,
  last_done_at timestamptz,
  skip_reason text,
  version bigint not null default 0,
  from_version bigint,
  click_order bigint not null default 0,
  -- Set when the mark was put on it; a step that is open again after that stays marked.
  overdue_at timestamptz,
  -- For a step that comes again: the due time that a reminder was posted for.
  reminded_for timestamptz,
  primary key (checklist_id, step_id)
);
