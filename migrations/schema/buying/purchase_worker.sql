-- The steps of the worker that buys numbers at Telnyx (the Edge Function replenish-pool).
--
--   run_planner                serves the queue, and plans what is to be bought
--   claim_purchases            a lease on what is due, with a token
--   choose_purchase_number     the number is written down, before it is ordered
--   record_purchase_ordered    Telnyx has the order; it may be pending
--   record_purchase_owned      the number is ours: into the pool, or to who waits for it
--   record_purchase_failure    what went wrong, classified; when to try again is decided here
--   drop_purchase_claim           nothing went wrong, look again later
--
-- Every step but the first is compare-and-set on the token: a worker that comes too late changes
-- nothing and is told so (claim_lost). All are security definer: service_role may buy numbers only
-- by these steps, not by writing rows.

create function phone_pool_worker.run_planner()
returns int
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  begin
    perform phone_pool.serve_waiting(500);
  exception
    when serialization_failure then
      raise;
    when others then
      -- The sweep tries again; what is to be bought does not depend on it.
      raise warning 'phone_pool.serve_waiting() failed: %', sqlerrm;
      perform phone_pool.raise_alert('sweep_failing', sqlerrm, 'serve_waiting');
  end;
  return phone_pool.plan();
end
$$;
comment on function phone_pool_worker.run_planner() is
  'Gives free numbers to the organizations that wait and plans what is to be bought; returns how '
  'many numbers were planned. In a transaction of its own: it locks the planner''s row. Security '
  'definer: see claim_purchases.';

create function phone_pool.room_for_claims()
returns int
language sql
set search_path = pg_catalog, pg_temp
as $$
  select greatest(50 - count(*), 0)::int from phone_pool.purchases p
  where p.status in ('planned', 'ordering', 'ordered') and p.lease_until > phone_pool.clock();
$$;
comment on function phone_pool.room_for_claims() is
  'How many purchases may be claimed now: 50 are under way at once, all workers together. A worker '
  'that gets nothing ends, and those at work claim what it left when they have finished something. '
  'Claims of the same moment may pass it by a few.';

create function phone_pool_worker.claim_purchases(
  p_limit int default 10, p_lease_seconds int default 90
)
returns setof phone_pool.purchases
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := phone_pool.clock();
begin
  return query
  with due as (
    select p.id from phone_pool.purchases p
    where p.status in ('planned', 'ordering', 'ordered')
      and p.next_attempt_at <= v_now
      and (p.lease_until is null or p.lease_until <= v_now)
      and (select phone_pool.is_own_project())
    order by p.next_attempt_at, p.id
    limit least(greatest(p_limit, 1), phone_pool.room_for_claims())
    for update skip locked
  )
  update phone_pool.purchases p
  set claim_token = gen_random_uuid(),
    -- The worker that wrote the number down has not told how its order ended. A claim still open
    -- was never answered for: its worker, dead or asleep, may have sent the order at any moment
    -- until now.
    outcome_unknown_since = case
      when p.status <> 'ordering' then p.outcome_unknown_since
      when p.claim_token is null then coalesce(p.outcome_unknown_since, v_now)
      else v_now end,
    lease_until = v_now + make_interval(secs => least(greatest(p_lease_seconds, 1), 600))
  from due where p.id = due.id
  returning p.*;
end
$$;
comment on function phone_pool_worker.claim_purchases(int, int) is
  'Leases up to p_limit purchases that are due (50 at once, all workers together), for '
  'p_lease_seconds (at most 600), and returns them with the claim_token that every further step '
  'asks for. Security definer: service_role buys numbers by these steps only, not by writing rows.';

create function phone_pool_worker.seconds_until_purchase_due()
returns double precision
language sql
security definer
set search_path = pg_catalog, pg_temp
as $$
  select case when count(*) > 0 and phone_pool.room_for_claims() > 0 and phone_pool.is_own_project()
    then greatest(extract(epoch from min(p.next_attempt_at) - phone_pool.clock()), 0) end
  from phone_pool.purchases p
  where p.status in ('planned', 'ordering', 'ordered') and p.claim_token is null;
$$;
comment on function phone_pool_worker.seconds_until_purchase_due() is
  'In how many seconds the next purchase that nobody has claimed is due; null: there is none, or '
  'others are at as many as may be under way at once, or the database is a copy. '
  'Security definer: see claim_purchases.';

create function phone_pool.lock_claimed_purchase(p_purchase_id uuid, p_claim_token uuid)
returns phone_pool.purchases
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_purchase phone_pool.purchases;
begin
  select * into v_purchase from phone_pool.purchases p
  where p.id = p_purchase_id and p.claim_token = p_claim_token
    and p.lease_until > phone_pool.clock()
  for update;
  if not found then
    perform phone_pool.raise_error('claim_lost', 'purchase ' || p_purchase_id);
  end if;
  return v_purchase;
end
$$;
comment on function phone_pool.lock_claimed_purchase(uuid, uuid) is
  'Locks and returns the purchase if the token still holds; raises claim_lost otherwise.';

create function phone_pool.require_room_to_buy(p_cost numeric)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_settings phone_pool.settings;
  v_spending record;
begin
  -- A plan reserves the expected price, by caps that may have been lowered since. What is spent is
  -- decided here, one choice at a time, for numbers owned and chosen, at their real prices.
  update phone_pool.planner p set quiet_until = p.quiet_until where p.only_row;
  select * into strict v_settings from phone_pool.settings;
  select * into strict v_spending from phone_pool.spending(phone_pool.clock(), false);
  if v_spending.numbers >= v_settings.max_numbers then
    perform phone_pool.raise_error('max_numbers_reached', format(
      'this would be number %s of %s', v_spending.numbers + 1, v_settings.max_numbers));
  elsif v_spending.committed_usd + p_cost > v_settings.monthly_budget_usd then
    perform phone_pool.raise_error('budget_reached', format(
      'a number for %s would make it %s of %s this month', p_cost,
      v_spending.committed_usd + p_cost, v_settings.monthly_budget_usd));
  end if;
end
$$;
comment on function phone_pool.require_room_to_buy(numeric) is
  'Raises max_numbers_reached or budget_reached unless one more number fits that costs so much '
  'in its first month (US dollars, what is paid once included); lets one transaction at a time '
  'choose.';

create function phone_pool_worker.choose_purchase_number(
  p_purchase_id uuid,
  p_claim_token uuid,
  p_phone_number text,
  p_monthly_cost numeric,
  p_upfront_cost numeric
)
returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_purchase phone_pool.purchases := phone_pool.lock_claimed_purchase(p_purchase_id, p_claim_token);
  v_settings phone_pool.settings;
  v_monthly_cost numeric := coalesce(p_monthly_cost, v_purchase.monthly_cost);
begin
  if v_purchase.status <> 'planned' then
    perform phone_pool.raise_error('claim_lost', 'purchase is ' || v_purchase.status);
  end if;
  select * into strict v_settings from phone_pool.settings;
  -- A number that we have had, that another purchase has chosen, or that stands as the phone of an
  -- organization is no candidate.
  if p_phone_number !~ '^\+1[2-9][0-9]{2}[2-9][0-9]{6}$'
    or not phone_pool.is_area_code(substr(p_phone_number, 3, 3))
    or (v_purchase.area_code is not null and substr(p_phone_number, 3, 3) <> v_purchase.area_code)
    or p_phone_number = any (v_purchase.refused_numbers)
    or exists (select from public.phone_numbers n where n.phone_number = p_phone_number)
    or phone_pool.organizations_showing(p_phone_number) <> '{}' then
    return false;
  elsif p_upfront_cost > v_settings.number_upfront_max_usd
    or (v_settings.number_monthly_max_usd is not null
      and coalesce(p_monthly_cost, 'infinity') > v_settings.number_monthly_max_usd) then
    perform phone_pool.raise_error('price_too_high', format(
      '%s a month and %s once, allowed are %s and %s', coalesce(p_monthly_cost::text, 'not told'),
      coalesce(p_upfront_cost, 0), v_settings.number_monthly_max_usd,
      v_settings.number_upfront_max_usd));
  end if;
  perform phone_pool.require_room_to_buy(v_monthly_cost + coalesce(p_upfront_cost, 0));
  begin
    update phone_pool.purchases p
    set status = 'ordering', phone_number = p_phone_number, chosen_at = phone_pool.clock(),
      monthly_cost = v_monthly_cost, upfront_cost = p_upfront_cost
    where p.id = p_purchase_id;
  exception when unique_violation then
    return false;
  end;
  return true;
end
$$;
comment on function phone_pool_worker.choose_purchase_number(uuid, uuid, text, numeric, numeric) is
  'Writes down the number (E.164) and its price (US dollars) before it is ordered. False: not a '
  'candidate, take the next one. Raises claim_lost, price_too_high, max_numbers_reached, '
  'budget_reached. Security definer: see claim_purchases.';
