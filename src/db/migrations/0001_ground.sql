-- The application's role: it works with rows, and may neither change the schema nor rewrite the log.
do $$
begin
  if not exists (select from pg_roles where rolname = 'tocsin_app') then
    begin
      create role tocsin_app nologin;
    exception when duplicate_object or unique_violation then null; -- another database of this server was faster
    end;
  end if;
  execute format('grant tocsin_app to %I', current_user);
end $$;

grant usage on schema app to tocsin_app;
alter default privileges in schema app grant select, insert, update, delete on tables to tocsin_app;
alter default privileges in schema app grant usage on sequences to tocsin_app;

-- All time in SQL comes from app.now(). Tests move the offset; only the owner can.
create table clock (
  only_row boolean primary key default true check (only_row),
  offset_by interval not null default interval '0'
);
insert into clock default values;
revoke insert, update, delete on clock from tocsin_app;

create function now() returns timestamptz language sql stable
  as $$ select pg_catalog.now() + (select offset_by from app.clock) $$;

create table counters (name text primary key, value bigint not null);
insert into counters values ('incident', 0);

-- The log: append-only, hash-chained. Free text stands in log_texts, erasable; only its salted hash is chained.
create table log (
  seq bigint primary key,
  at timestamptz not null,
  incident_id text,
  kind text not null,
  actor jsonb not null,
  data jsonb not null,
  text_hashes jsonb not null,
  body text not null,
  prev_hash bytea not null,
  hash bytea not null unique
);
create index log_by_incident on log (incident_id, seq) where incident_id is not null;

create table log_texts (
  seq bigint not null references log,
  name text not null,
  salt text,
  text text,
  primary key (seq, name)
);

create table log_head (
  only_row boolean primary key default true check (only_row),
  seq bigint not null,
  hash bytea not null
);
insert into log_head values (true, 0, '\x00');

revoke insert, update, delete, truncate on log, log_texts, log_head from tocsin_app;

create function log_is_append_only() returns trigger language plpgsql
  as $$ begin raise exception 'the log is append-only'; end $$;
create trigger log_no_change before update or delete on log for each row execute function log_is_append_only();
create trigger log_no_truncate before truncate on log for each statement execute function log_is_append_only();

-- What is hashed: one JSON text with fixed content; jsonb prints its keys in a fixed order.
create function log_body(seq bigint, at timestamptz, incident_id text, kind text, actor jsonb, data jsonb, text_hashes jsonb)
  returns text language sql stable as $$
  select jsonb_build_object(
    'seq', seq, 'at', to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'incident', incident_id,
    'kind', kind, 'actor', actor, 'data', data, 'texts', text_hashes)::text $$;

-- Appends one row. Call it last in the transaction: the head row stays locked until commit, which makes the
-- sequence gap-free. Runs with the owner's rights, so that the application can append and do nothing else.
create function append_log(p_incident text, p_kind text, p_actor jsonb, p_data jsonb, p_texts jsonb)
  returns bigint language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_seq bigint; v_prev bytea; v_at timestamptz := app.now(); v_hashes jsonb := '{}'; v_body text; v_hash bytea;
  v_name text; v_text text; v_salts jsonb := '{}'; v_salt text;
begin
  select h.seq + 1, h.hash into v_seq, v_prev from app.log_head h for update;
  for v_name, v_text in select * from jsonb_each_text(p_texts) loop
    v_salt := gen_random_uuid()::text;
    v_salts := v_salts || jsonb_build_object(v_name, v_salt);
    v_hashes := v_hashes || jsonb_build_object(v_name, encode(sha256(convert_to(v_salt || v_text, 'UTF8')), 'hex'));
  end loop;
  v_body := app.log_body(v_seq, v_at, p_incident, p_kind, p_actor, p_data, v_hashes);
  v_hash := sha256(v_prev || convert_to(v_body, 'UTF8'));
  insert into app.log values (v_seq, v_at, p_incident, p_kind, p_actor, p_data, v_hashes, v_body, v_prev, v_hash);
  insert into app.log_texts (seq, name, salt, text)
    select v_seq, t.key, v_salts ->> t.key, t.value from jsonb_each_text(p_texts) t;
  update app.log_head set seq = v_seq, hash = v_hash;
  return v_seq;
end $$;

-- Messages the bot owns. Each is a pure function of stored state; `wanted` counts the changes that ask for a
-- rendering, `shown` the one that Slack has.
create table surfaces (
  id text primary key,
  kind text not null,
  subject text not null,
  page int not null default 0,
  incident_id text,
  channel_id text,
  ts text,
  urgency smallint not null default 5,
  wanted bigint not null default 1,
  shown bigint not null default 0,
  shown_hash text,
  attempted_at timestamptz,
  posted_at timestamptz,
  retired_at timestamptz,
  created_at timestamptz not null default app.now()
);
create unique index surfaces_live on surfaces (kind, subject, page) where retired_at is null;
create unique index surfaces_by_message on surfaces (channel_id, ts) where ts is not null;
create index surfaces_by_incident on surfaces (incident_id);

-- Things that happen at a time: acknowledgement due, next update due, approval expiry. A tick turns due rows into jobs.
create table deadlines (
  job text not null,
  key text not null,
  payload jsonb not null,
  due_at timestamptz not null,
  urgency smallint not null default 5,
  primary key (job, key)
);
create index deadlines_due on deadlines (due_at);

-- Slack's rate limits, shared by the replicas: per bucket the time up to which its budget is spoken for.
create table slack_budgets (bucket text primary key, spoken_until timestamptz not null);

-- Requests seen: signatures, event ids, envelopes. A replay inside the window changes nothing.
create table seen_requests (key text primary key, seen_at timestamptz not null default app.now());
create index seen_requests_by_time on seen_requests (seen_at);

-- Jobs that failed for a reason that time does not heal, kept for people to look at and drive again.
create table quarantined_jobs (
  id text primary key,
  job text not null,
  payload jsonb not null,
  attempts int not null,
  error text not null,
  at timestamptz not null default app.now()
);

grant execute on all functions in schema app to tocsin_app;
