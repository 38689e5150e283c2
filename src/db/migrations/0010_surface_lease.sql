-- Slack counts by real time, and so do leases: tests that move app.now() must not refill a budget or end a lease.
create function real_now() returns timestamptz language sql volatile
  as $$ select pg_catalog.clock_timestamp() $$;

-- One run at a time posts a message: whoever holds the lease. It is short, renewed before each call, and ends by itself
-- when its holder dies.
alter table surfaces
  add column lease_by text,
  add column lease_until timestamptz,
  -- Real time of the first try to post (where to start looking for what it left) and of the last call that changed it.
  add column tried_at timestamptz,
  add column sent_at timestamptz,
  -- Set when a message was sent again although the first one may be there, unseen.
  add column repeated_at timestamptz;

-- Takes one call's budget from all its buckets, or from none. A bucket's `spoken_until` is the time up to which its
-- budget is spoken for; a call fits when that lies no further ahead than the bucket's tolerance (GCRA).
-- p_forced takes it in any case: answers to a person do not wait, but they count.
-- Returns the seconds to wait; 0 means taken.
create function take_slack_budget(p_buckets text[], p_intervals float8[], p_tolerances float8[], p_forced boolean)
  returns float8 language plpgsql as $$
declare
  v_now timestamptz; v_wait float8 := 0; v_spoken timestamptz; i int;
begin
  insert into app.slack_budgets (bucket, spoken_until)
    select b, '-infinity' from unnest(p_buckets) b order by b on conflict do nothing;
  perform from app.slack_budgets where bucket = any (p_buckets) order by bucket for update;
  v_now := app.real_now();
  for i in 1 .. cardinality(p_buckets) loop
    select greatest(spoken_until, v_now) into v_spoken from app.slack_budgets where bucket = p_buckets[i];
    v_wait := greatest(v_wait, extract(epoch from v_spoken - v_now)::float8 - p_tolerances[i]);
  end loop;
  if v_wait > 0 and not p_forced then return v_wait; end if;
  for i in 1 .. cardinality(p_buckets) loop
    update app.slack_budgets
      set spoken_until = greatest(spoken_until, v_now) + make_interval(secs => p_intervals[i])
      where bucket = p_buckets[i];
  end loop;
  return 0;
end $$;

-- Slack said 429: nobody calls before its Retry-After is over, not even within the tolerance.
create function block_slack_budget(p_bucket text, p_seconds float8, p_tolerance float8)
  returns void language sql as $$
  insert into app.slack_budgets (bucket, spoken_until)
    values (p_bucket, app.real_now() + make_interval(secs => p_seconds + p_tolerance))
    on conflict (bucket) do update set spoken_until = greatest(app.slack_budgets.spoken_until, excluded.spoken_until) $$;

-- Files of ours by key: the id that Slack gave is kept before the file is shared, so that a second try finds it.
create table uploaded_documents (
  key text primary key,
  channel_id text not null,
  file_id text not null,
  tried_at timestamptz not null default app.real_now(),
  shared_at timestamptz
);

grant execute on all functions in schema app to tocsin_app;
