-- The steps of a purchase after its number is chosen: on order, and ours (see purchase_worker).
-- A number just arrived never passes through the pool if it was bought for an organization that
-- waits, unless a client has that organization's row: a number that is paid for is in the books at
-- once, and the queue keeps it for the organization.
--
-- Lock order: the purchase; the request and the organization by `skip locked`.

create function phone_pool_worker.record_purchase_ordered(
  p_purchase_id uuid,
  p_claim_token uuid,
  p_telnyx_order_id text
)
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_purchase phone_pool.purchases := phone_pool.lock_claimed_purchase(p_purchase_id, p_claim_token);
begin
  if v_purchase.status not in ('ordering', 'ordered') then
    perform phone_pool.raise_error('claim_lost', 'purchase is ' || v_purchase.status);
  end if;
  update phone_pool.purchases p
  set status = 'ordered', telnyx_order_id = p_telnyx_order_id,
    ordered_at = coalesce(p.ordered_at, phone_pool.clock()),
    last_error_class = null, last_error = null
  where p.id = p_purchase_id;
end
$$;
comment on function phone_pool_worker.record_purchase_ordered(uuid, uuid, text) is
  'Telnyx has accepted the order of that id for the number written down. Raises claim_lost. '
  'Security definer: see claim_purchases.';

create function phone_pool_worker.record_purchase_owned(
  p_purchase_id uuid,
  p_claim_token uuid,
  p_telnyx_phone_number_id text
)
returns public.phone_numbers
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
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
    outcome_unknown_since = null, last_error_class = null, last_error = null
  where p.id = p_purchase_id;
  insert into public.phone_numbers as n (phone_number, telnyx_phone_number_id, area_code,
    monthly_cost, purchase_id, purchased_at, carrier_status)
  values (v_purchase.phone_number, p_telnyx_phone_number_id,
    substr(v_purchase.phone_number, 3, 3), v_purchase.monthly_cost, p_purchase_id, v_now, 'active')
  -- Somebody found it at Telnyx and added it by hand meanwhile.
  on conflict (phone_number) do update set purchase_id = excluded.purchase_id
    where n.purchase_id is null
  returning n.* into strict v_number;
  -- What its success has disproved, also if it was raised a moment ago and is no alert yet.
  perform phone_pool.close_alert(a.kind, a.subject)
  from (values ('purchase_failing', ''), ('purchase_failing', p_purchase_id::text),
    ('purchase_slow', p_purchase_id::text), ('purchase_stuck', p_purchase_id::text),
    ('budget_reached', 'price'), ('price_too_high', ''),
    ('none_in_stock', ''), ('none_in_stock', v_number.area_code)) a (kind, subject);
  if v_number.status = 'available' then
    perform phone_pool.take_in_number(v_number.id, v_purchase.organization_id);
  end if;
  select * into strict v_number from public.phone_numbers n where n.id = v_number.id;
  return v_number;
end
$$;
comment on function phone_pool_worker.record_purchase_owned(uuid, uuid, text) is
  'The number is ours and active, by this id at Telnyx: it goes to the organization that it was '
  'bought for, else to the oldest that waits, else into the pool. Returns its row. Raises '
  'claim_lost. Security definer: see claim_purchases.';

create function phone_pool_worker.drop_purchase_claim(
  p_purchase_id uuid,
  p_claim_token uuid,
  p_after_seconds int default 0
)
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_purchase phone_pool.purchases := phone_pool.lock_claimed_purchase(p_purchase_id, p_claim_token);
  v_age interval := phone_pool.clock() - coalesce(v_purchase.chosen_at, phone_pool.clock());
  v_is_stuck boolean := v_age > interval '3 days';
begin
  if v_age > interval '15 minutes' then
    perform phone_pool.raise_alert(
      case when v_is_stuck then 'purchase_stuck' else 'purchase_slow' end,
      format('order %s of …%s is not done for %s', v_purchase.telnyx_order_id,
        right(v_purchase.phone_number, 4), justify_hours(date_trunc('minute', v_age))),
      p_purchase_id::text);
  end if;
  if v_is_stuck then
    perform phone_pool.close_alert('purchase_slow', p_purchase_id::text);
  end if;
  -- The older an order, the less often it is asked about: every 10 minutes, and four times a day
  -- once only a person can end it. Telnyx's event, should it come, makes it due at once.
  perform phone_pool.retry_purchase(p_purchase_id, greatest(
    make_interval(secs => least(greatest(p_after_seconds, 0), 3600)),
    case when v_is_stuck then interval '6 hours'
      else least(v_age / 3, interval '10 minutes') end));
end
$$;
comment on function phone_pool_worker.drop_purchase_claim(uuid, uuid, int) is
  'Nothing went wrong, but there is nothing to do yet (a pending order): due again in '
  'p_after_seconds, or later the older it is; not done in 15 minutes it alerts, and once more in '
  '3 days. Raises claim_lost. Security definer: see claim_purchases.';
