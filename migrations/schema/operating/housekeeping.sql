-- What is only a log is kept for a while and then deleted, a bounded number of rows a run:
--
--   cron.job_run_details            7 days    (pg_cron never deletes any)
--   net._http_response              1 day     (pg_net deletes after 6 hours, while it works)
--   phone_pool.carrier_requests    90 days
--   phone_pool.webhook_events      90 days    once processed
--   phone_pool.webhook_rejections  90 days
--   phone_pool.call_notices        30 days    once acknowledged or given up
--   phone_pool.caller_requests      1 day
--   phone_pool.call_records         7 days    of calls that have nothing to do with the pool
--
-- What is evidence is kept for ever: tenures, history_overrides, purchases, intake_calls, alerts,
-- call_records of our numbers.

create function phone_pool.purge_logs(p_limit int default 1000)
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := phone_pool.clock();
  v_rows int;
  v_count int := 0;
begin
  -- Ordered by runid, which has the index.
  delete from cron.job_run_details d
  where d.end_time < v_now - interval '7 days' and d.runid in (
    select r.runid from cron.job_run_details r order by r.runid limit p_limit);
  get diagnostics v_rows = row_count;
  v_count := v_count + v_rows;

  -- pg_net before 0.12 lets nobody else delete. It may be writing: what it holds is deleted another
  -- time.
  if has_table_privilege('net._http_response', 'delete') then
    delete from net._http_response h
    where h.ctid = any (array(
      select r.ctid from net._http_response r where r.created < v_now - interval '1 day'
      order by r.created limit p_limit for update skip locked));
    get diagnostics v_rows = row_count;
    v_count := v_count + v_rows;
  end if;

  delete from phone_pool.carrier_requests c where c.id in (
    select r.id from phone_pool.carrier_requests r
    where r.requested_at < v_now - interval '90 days'
    order by r.requested_at limit p_limit for update skip locked);
  get diagnostics v_rows = row_count;
  v_count := v_count + v_rows;

  delete from phone_pool.webhook_events w where w.id in (
    select r.id from phone_pool.webhook_events r
    where r.received_at < v_now - interval '90 days' and r.processed_at is not null
    order by r.received_at limit p_limit for update skip locked);
  get diagnostics v_rows = row_count;
  v_count := v_count + v_rows;

  delete from phone_pool.call_notices n where n.id in (
    select r.id from phone_pool.call_notices r
    where r.created_at < v_now - interval '30 days' and coalesce(r.acknowledged_at, r.given_up_at)
      is not null
    order by r.created_at limit p_limit for update skip locked);
  get diagnostics v_rows = row_count;
  v_count := v_count + v_rows;

  -- Later than the last list that could show it again.
  delete from phone_pool.call_records c where c.id in (
    select r.id from phone_pool.call_records r
    where r.kind = 'foreign' and r.started_at < v_now - interval '7 days'
      and r.recorded_at < v_now - interval '7 days'
    order by r.started_at limit p_limit for update skip locked);
  get diagnostics v_rows = row_count;
  v_count := v_count + v_rows;

  delete from phone_pool.caller_requests c where c.requested_by in (
    select r.requested_by from phone_pool.caller_requests r
    where r.last_at < v_now - interval '1 day'
    order by r.last_at limit p_limit for update skip locked);
  get diagnostics v_rows = row_count;
  v_count := v_count + v_rows;

  delete from phone_pool.webhook_rejections w where w.last_at < v_now - interval '90 days';
  get diagnostics v_rows = row_count;
  return v_count + v_rows;
end
$$;
comment on function phone_pool.purge_logs(int) is
  'A step of the sweep: deletes what was kept long enough, p_limit rows of each log at most. '
  'Returns how many.';
