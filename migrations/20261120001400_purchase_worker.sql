-- The steps of whoever buys numbers at Telnyx (the Edge Function replenish-pool).
--
--   claim_purchases            a lease on what is due, with a token
--   choose_purchase_number     the number is written down, before it is ordered
--   record_purchase_ordered    Telnyx has the order; it may be pending
--   record_purchase_owned      the number is ours: into the pool, or to who waits for it
--   record_purchase_failure    what went wrong, classified; when to try again is decided here
--   release_purchase           nothing went wrong, look again later
--
-- Every step but the first is compare-and-set on the token: a worker that comes too late changes
-- nothing and is told so (claim_lost). All are security definer: service_role may buy numbers only
-- by these steps, not by writing rows.

create function public.claim_purchases(p_limit int default 10, p_lease_seconds int default 90)
returns setof phone_pool.purchases
language plpgsql
volatile
security definer
set search_path = ''
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
    order by p.next_attempt_at, p.id
    limit least(greatest(p_limit, 1), 50)
    for update skip locked
  )
  update phone_pool.purchases p
  set claim_token = gen_random_uuid(),
    -- Whoever wrote the number down has not told how the order ended: it may have been sent.
    outcome_unknown_since = case when p.status = 'ordering'
      then coalesce(p.outcome_unknown_since, v_now) end,
    lease_until = v_now + make_interval(secs => least(greatest(p_lease_seconds, 1), 600))
  from due where p.id = due.id
  returning p.*;
end
$$;
comment on function public.claim_purchases(int, int) is
  'Leases up to p_limit (at most 50) purchases that are due, for p_lease_seconds (at most 600), '
  'and returns them with the claim_token that every further step asks for.';

create function phone_pool.lock_claimed_purchase(p_purchase_id uuid, p_claim_token uuid)
returns phone_pool.purchases
language plpgsql
volatile
security invoker
set search_path = ''
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

create function public.choose_purchase_number(
  p_purchase_id uuid,
  p_claim_token uuid,
  p_phone_number text,
  p_monthly_cost numeric,
  p_upfront_cost numeric
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_purchase phone_pool.purchases := phone_pool.lock_claimed_purchase(p_purchase_id, p_claim_token);
begin
  if v_purchase.status <> 'planned' then
    perform phone_pool.raise_error('claim_lost', 'purchase is ' || v_purchase.status);
  end if;
  -- A number that we have had, or that another purchase has chosen, is no candidate.
  if p_phone_number = any (v_purchase.refused_numbers)
    or exists (select from public.phone_numbers n where n.phone_number = p_phone_number) then
    return false;
  end if;
  begin
    update phone_pool.purchases p
    set status = 'ordering', phone_number = p_phone_number, chosen_at = phone_pool.clock(),
      monthly_cost = coalesce(p_monthly_cost, p.monthly_cost), upfront_cost = p_upfront_cost
    where p.id = p_purchase_id;
  exception when unique_violation then
    return false;
  end;
  return true;
end
$$;
comment on function public.choose_purchase_number(uuid, uuid, text, numeric, numeric) is
  'Writes down the number (E.164) and its price (US dollars) before it is ordered. False: not a '
  'candidate, take the next one. Raises claim_lost.';

create function public.record_purchase_ordered(
  p_purchase_id uuid,
  p_claim_token uuid,
  p_telnyx_order_id text
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_purchase phone_pool.purchases := phone_pool.lock_claimed_purchase(p_purchase_id, p_claim_token);
begin
  if v_purchase.status not in ('ordering', 'ordered') then
    perform phone_pool.raise_error('claim_lost', 'purchase is ' || v_purchase.status);
  end if;
  update phone_pool.purchases p
  set status = 'ordered', telnyx_order_id = p_telnyx_order_id,
    ordered_at = coalesce(p.ordered_at, phone_pool.clock()), attempts = 0,
    last_error_class = null, last_error = null
  where p.id = p_purchase_id;
end
$$;
comment on function public.record_purchase_ordered(uuid, uuid, text) is
  'Telnyx has accepted the order of that id for the number written down. Raises claim_lost.';

create function public.record_purchase_owned(
  p_purchase_id uuid,
  p_claim_token uuid,
  p_telnyx_phone_number_id text
)
returns public.phone_numbers
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_purchase phone_pool.purchases := phone_pool.lock_claimed_purchase(p_purchase_id, p_claim_token);
  v_number public.phone_numbers;
  v_now timestamptz := phone_pool.clock();
begin
  if v_purchase.status not in ('ordering', 'ordered') then
    perform phone_pool.raise_error('claim_lost', 'purchase is ' || v_purchase.status);
  end if;
  update phone_pool.purchases p
  set status = 'owned', owned_at = v_now, attempts = 0, claim_token = null, lease_until = null,
    last_error_class = null, last_error = null
  where p.id = p_purchase_id;
  insert into public.phone_numbers
    (phone_number, telnyx_phone_number_id, area_code, monthly_cost, purchase_id, purchased_at)
  values (v_purchase.phone_number, p_telnyx_phone_number_id,
    substr(v_purchase.phone_number, 3, 3), v_purchase.monthly_cost, p_purchase_id, v_now)
  returning * into v_number;
  perform phone_pool.close_alert('purchase_failing', p_purchase_id::text);
  perform phone_pool.serve_with_number(v_number.id, v_purchase.organization_id);
  select * into strict v_number from public.phone_numbers n where n.id = v_number.id;
  return v_number;
end
$$;
comment on function public.record_purchase_owned(uuid, uuid, text) is
  'The number is ours, by this id at Telnyx: it goes to the organization that it was bought for, '
  'else to the oldest that waits, else into the pool. Returns its row. Raises claim_lost.';

create function phone_pool.serve_with_number(p_phone_number_id uuid, p_organization_id uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_request record;
begin
  -- Whom it was bought for is waited for, should the application be updating that row just now:
  -- nobody else gets it.
  select r.id, r.organization_id, r.requested_at into v_request
  from phone_pool.number_requests r
  join public.organizations o on o.id = r.organization_id
  where r.organization_id = p_organization_id and o.phone is null
  for update of r, o;
  if not found then
    select r.id, r.organization_id, r.requested_at into v_request
    from phone_pool.number_requests r
    join public.organizations o on o.id = r.organization_id
    join public.phone_numbers n on n.id = p_phone_number_id
    where o.phone is null and (r.area_code is null or r.area_code = n.area_code)
    order by r.id
    limit 1
    for update of r, o skip locked;
  end if;
  if found then
    delete from phone_pool.number_requests r where r.id = v_request.id;
    perform phone_pool.assign_numbers(
      array[p_phone_number_id], array[v_request.organization_id], array[v_request.requested_at]);
  end if;
end
$$;
comment on function phone_pool.serve_with_number(uuid, uuid) is
  'Gives a number just arrived to the organization that it was bought for if that still waits, '
  'else to the oldest that it suits; nobody: it stays in the pool.';

revoke execute on all functions in schema phone_pool from public;
revoke execute on function public.claim_purchases(int, int),
  public.choose_purchase_number(uuid, uuid, text, numeric, numeric),
  public.record_purchase_ordered(uuid, uuid, text),
  public.record_purchase_owned(uuid, uuid, text)
  from public, anon, authenticated;
grant execute on function public.claim_purchases(int, int),
  public.choose_purchase_number(uuid, uuid, text, numeric, numeric),
  public.record_purchase_ordered(uuid, uuid, text),
  public.record_purchase_owned(uuid, uuid, text)
  to service_role;
