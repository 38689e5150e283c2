-- A bucket written "later than now" is from before the database's clock was set back (a failover to a server whose
-- clock differs): what it says is spoken for would close Slack for as long as the jump was.
alter table slack_budgets add column written_at timestamptz not null default app.real_now();

create or replace function take_slack_budget(p_buckets text[], p_intervals float8[], p_tolerances float8[], p_forced boolean)
  returns float8 language plpgsql as $$
declare
  v_now timestamptz; v_wait float8 := 0; v_spoken timestamptz; i int;
begin
  insert into app.slack_budgets (bucket, spoken_until)
    select b, '-infinity' from unnest(p_buckets) b order by b on conflict do nothing;
  perform from app.slack_budgets where bucket = any (p_buckets) order by bucket for update;
  v_now := app.real_now();
  update app.slack_budgets set spoken_until = v_now, written_at = v_now
    where bucket = any (p_buckets) and written_at > v_now + interval '5 seconds';
  for i in 1 .. cardinality(p_buckets) loop
    select greatest(spoken_until, v_now) into v_spoken from app.slack_budgets where bucket = p_buckets[i];
    v_wait := greatest(v_wait, extract(epoch from v_spoken - v_now)::float8 - p_tolerances[i]);
  end loop;
  if v_wait > 0 and not p_forced then return v_wait; end if;
  for i in 1 .. cardinality(p_buckets) loop
    update app.slack_budgets
      set spoken_until = greatest(spoken_until, v_now) + make_interval(secs => p_intervals[i]), written_at = v_now
      where bucket = p_buckets[i];
  end loop;
  return 0;
end $$;

create or replace function block_slack_budget(p_bucket text, p_seconds float8, p_tolerance float8)
  returns void language sql as $$
  insert into app.slack_budgets (bucket, spoken_until)
    values (p_bucket, app.real_now() + make_interval(secs => p_seconds + p_tolerance))
    on conflict (bucket) do update set written_at = app.real_now(), spoken_until =
      case when app.slack_budgets.written_at > app.real_now() + interval '5 seconds' then excluded.spoken_until
      else greatest(app.slack_budgets.spoken_until, excluded.spoken_until) end $$;
