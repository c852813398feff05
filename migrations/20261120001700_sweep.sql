-- The net under everything: every minute, by pg_cron, what a lost nudge, a crashed function or a
-- race has left undone is found by looking at the tables, and done or asked for again.
-- Bounded: one run serves at most a few hundred organizations.

create function phone_pool.plan_area_code_purchases()
returns int
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_request record;
  v_planned int := 0;
begin
  if not phone_pool.try_lock_planning() or phone_pool.purchasing_pauses() then
    return 0;
  end if;
  for v_request in
    select r.organization_id, r.area_code from phone_pool.number_requests r
    where r.area_code is not null and not exists (
      select from phone_pool.purchases p
      where p.organization_id = r.organization_id
        and p.status in ('planned', 'ordering', 'ordered')
    )
    order by r.id limit 100
  loop
    v_planned := v_planned + phone_pool.plan_purchases(
      1, 'area_code', v_request.area_code, v_request.organization_id);
  end loop;
  return v_planned;
end
$$;
comment on function phone_pool.plan_area_code_purchases() is
  'Plans the purchases of those who wait for an area code and for whom none is on order.';

create function phone_pool.sweep()
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_result jsonb := '{}';
  v_due bigint;
begin
  -- Whoever brought a number of its own, or got one otherwise, waits no longer.
  delete from phone_pool.number_requests r
  using public.organizations o where o.id = r.organization_id and o.phone is not null;
  v_result := v_result || jsonb_build_object('served', phone_pool.serve_waiting(500));

  -- A registration whose assignment failed is not even in the queue.
  if exists (
    select from phone_pool.alerts a where a.kind = 'assignment_failed' and a.closed_at is null
  ) then
    select v_result || to_jsonb(b) into v_result from public.backfill_organizations(500) b;
    update phone_pool.alerts a set closed_at = phone_pool.clock()
    where a.kind = 'assignment_failed' and a.closed_at is null
      and a.last_seen_at < phone_pool.clock() - interval '10 minutes';
  end if;

  v_result := v_result || jsonb_build_object(
    'planned', phone_pool.refill() + phone_pool.plan_area_code_purchases());
  select count(*) into v_due from phone_pool.purchases p
  where p.status in ('planned', 'ordering', 'ordered')
    and p.next_attempt_at <= phone_pool.clock()
    and (p.lease_until is null or p.lease_until <= phone_pool.clock());
  if v_due > 0 then
    perform phone_pool.nudge('replenish-pool');
  end if;
  v_result := v_result || jsonb_build_object('purchases_due', v_due);
  perform phone_pool.beat('sweep', v_result);
  return v_result;
end
$$;
comment on function phone_pool.sweep() is
  'Does, or asks for, whatever is due; returns what it did. Run by pg_cron every minute. Security '
  'definer: it is the pool''s owner who sweeps, whoever calls it.';

-- From now on it is expected to run: admin_pool_health says stalled when it does not.
select phone_pool.beat('sweep');
select cron.schedule('phone-pool-sweep', '* * * * *', 'select phone_pool.sweep()');

revoke execute on all functions in schema phone_pool from public;
