-- What a failed step of a purchase means: try again, when, with which number; or give up.
--
--   class               the number    then
--   taken, order_lost   not ours      another number: after two minutes, later with backoff
--   order_failed        not ours      another number: at once, later with backoff
--   none_in_stock       none chosen   the next area code (see widen_area_codes); else later
--   price               none chosen   the same: too dear where it was looked for
--   invalid             none chosen   in an area code: the next one, as that request was wrong
--                       not ours      another number, as Telnyx refuses this one; after three, the
--                                     next area code
--   over_budget         none chosen   later: until a number is released or a cap is raised
--   rate_limited        as it is      after the time Telnyx names
--   carrier_down        as it is      later
--   unknown_outcome     maybe ours    look again later, order only this number
--   invalid, unauthorized, insufficient_funds    a person must act: gives up at once
--
-- "Not ours" is believed only two minutes after the last order whose outcome nobody knows: until
-- then that order may still be under way, or be there and not visible yet. The same holds from the
-- first "taken" on, which is what a copy of our own order would be told, and from the first of the
-- looks in a row that did not find an order of ours any more (order_lost).
--
-- Giving up (purchase_max_attempts, or at once) holds only while nothing can have been bought. Once
-- an order may have been carried out, the purchase is asked about for ever, less and less often.
-- What may right itself without us (none in stock, no budget, a rate limit) is not given up either.
-- In each of these cases an alert is opened. What is wrong with one request, and not with the
-- account, stops no other purchase: see buying_pause().

create function phone_pool.give_up_purchase(p_purchase_id uuid)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_purchase phone_pool.purchases;
begin
  update phone_pool.purchases p
  set status = 'failed', ended_at = phone_pool.clock(), phone_number = null, chosen_at = null,
    outcome_unknown_since = null, claim_token = null, lease_until = null
  where p.id = p_purchase_id
  returning p.* into strict v_purchase;
  perform phone_pool.close_alert('purchase_failing', p_purchase_id::text);
  if v_purchase.area_code is not null
    and (v_purchase.last_error_class in ('none_in_stock', 'price')
      or (v_purchase.last_error_class = 'invalid'
        and v_purchase.attempts < (select s.purchase_max_attempts from phone_pool.settings s)))
  then
    perform phone_pool.raise_alert('none_in_stock', format('no numbers to buy in area code %s: %s',
      v_purchase.area_code, v_purchase.last_error_class), v_purchase.area_code);
  else
    perform phone_pool.raise_alert('purchase_failing', format('gave up after %s attempts: %s: %s',
      v_purchase.attempts, v_purchase.last_error_class, left(v_purchase.last_error, 300)));
  end if;
end
$$;
comment on function phone_pool.give_up_purchase(uuid) is
  'Ends a purchase of which nothing can have been bought, and alerts.';

create function phone_pool.retry_purchase(
  p_purchase_id uuid,
  p_after interval,
  p_other_number boolean default false
)
returns void
language sql
set search_path = pg_catalog, pg_temp
as $$
  update phone_pool.purchases p
  set next_attempt_at = phone_pool.clock() + p_after, claim_token = null, lease_until = null,
    status = case when p_other_number then 'planned' else p.status end,
    refused_numbers = case when p_other_number
      then p.refused_numbers || p.phone_number else p.refused_numbers end,
    phone_number = case when p_other_number then null else p.phone_number end,
    chosen_at = case when p_other_number then null else p.chosen_at end,
    telnyx_order_id = case when p_other_number then null else p.telnyx_order_id end,
    ordered_at = case when p_other_number then null else p.ordered_at end,
    outcome_unknown_since = case when p_other_number then null else p.outcome_unknown_since end
  where p.id = p_purchase_id;
$$;
comment on function phone_pool.retry_purchase(uuid, interval, boolean) is
  'Lets go of the claim; due again p_after from now, with another number if so told.';

create function phone_pool.alert_of_purchase(p_purchase_id uuid)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_purchase phone_pool.purchases;
  v_most int;
begin
  select * into strict v_purchase from phone_pool.purchases p where p.id = p_purchase_id;
  select s.purchase_max_attempts into strict v_most from phone_pool.settings s;
  if v_purchase.last_error_class = 'over_budget' then
    perform phone_pool.raise_alert('budget_reached', v_purchase.last_error, 'price');
  elsif v_purchase.last_error_class = 'price' and v_purchase.attempts > 3 then
    perform phone_pool.raise_alert('price_too_high', v_purchase.last_error);
  elsif v_purchase.last_error_class = 'none_in_stock' and v_purchase.attempts >= v_most then
    perform phone_pool.raise_alert('none_in_stock',
      'no numbers for sale: ' || v_purchase.last_error);
  elsif v_purchase.attempts >= v_most
    or v_purchase.last_error_class in ('unauthorized', 'insufficient_funds')
    -- A number that was refused is followed by another one.
    or (v_purchase.last_error_class = 'invalid' and v_purchase.status <> 'planned') then
    perform phone_pool.raise_alert('purchase_failing', format('%s attempts, not given up: %s: %s',
      v_purchase.attempts, v_purchase.last_error_class, left(v_purchase.last_error, 300)),
      p_purchase_id::text);
  end if;
end
$$;
comment on function phone_pool.alert_of_purchase(uuid) is
  'Alerts of a purchase that is tried again and needs a person all the same.';

create function phone_pool_worker.record_purchase_failure(
  p_purchase_id uuid,
  p_claim_token uuid,
  p_error_class text,
  p_error text,
  p_retry_after_seconds int default null
)
returns text
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_purchase phone_pool.purchases := phone_pool.lock_claimed_purchase(p_purchase_id, p_claim_token);
  v_not_ours boolean := p_error_class in ('taken', 'order_failed', 'order_lost')
    or (p_error_class = 'invalid' and v_purchase.status = 'ordering');
  -- An order that was there yesterday and is not found now is looked for from now on.
  v_is_first_look boolean := p_error_class = 'order_lost'
    and v_purchase.last_error_class is distinct from 'order_lost';
  v_is_proven boolean := not v_is_first_look and coalesce(
    v_purchase.outcome_unknown_since <= phone_pool.clock() - interval '2 minutes',
    p_error_class not in ('taken', 'order_lost'));
  -- The looks that it takes to prove whose a number is are no failures.
  v_attempts int := v_purchase.attempts + (v_is_proven or not v_not_ours)::int;
  v_most int;
  v_after interval := phone_pool.backoff(v_attempts, random());
begin
  if coalesce(p_error_class, '') not in ('taken', 'order_failed', 'order_lost', 'none_in_stock',
    'price', 'over_budget', 'rate_limited', 'carrier_down', 'unknown_outcome', 'invalid',
    'unauthorized', 'insufficient_funds') then
    perform phone_pool.raise_error('invalid_request', 'unknown error class ' || p_error_class);
  end if;
  update phone_pool.purchases p
  set last_error_class = p_error_class, last_error = left(p_error, 500), attempts = v_attempts,
    outcome_unknown_since = case
      -- Nothing can have been ordered without a number.
      when p.phone_number is null then null
      when p_error_class = 'unknown_outcome' or v_is_first_look then phone_pool.clock()
      when p_error_class in ('taken', 'order_lost')
        then coalesce(p.outcome_unknown_since, phone_pool.clock())
      else p.outcome_unknown_since end
  where p.id = p_purchase_id;
  if v_not_ours and not v_is_proven then
    perform phone_pool.retry_purchase(p_purchase_id, interval '1 minute');
    return 'retrying';
  end if;

  select s.purchase_max_attempts into strict v_most from phone_pool.settings s;
  if phone_pool.should_widen(v_purchase, p_error_class) then
    if v_not_ours then
      perform phone_pool.retry_purchase(p_purchase_id, interval '0', true);
    end if;
    return phone_pool.widen_purchase(p_purchase_id);
  elsif (v_not_ours or (v_purchase.status <> 'ordered'
      and v_purchase.outcome_unknown_since is null and p_error_class <> 'unknown_outcome'))
    and (p_error_class in ('unauthorized', 'insufficient_funds')
      or (p_error_class = 'invalid' and not v_not_ours)
      or (v_attempts >= v_most
        and p_error_class not in ('none_in_stock', 'price', 'over_budget', 'rate_limited'))) then
    perform phone_pool.give_up_purchase(p_purchase_id);
    return 'failed';
  end if;
  v_after := case
    when v_not_ours and v_attempts < 3 then interval '0'
    -- A search shows some of what is for sale: the next may be cheaper. If ten were not, prices are
    -- what they are, and change slowly.
    when p_error_class = 'price' then phone_pool.backoff(
      case when v_attempts <= 10 then least(v_attempts, 4) else 20 end, random())
    -- With jitter, or everybody is back in the same second.
    when p_retry_after_seconds is not null
      then make_interval(secs => least(p_retry_after_seconds, 3600) + 2 * random())
    else v_after end;
  perform phone_pool.retry_purchase(p_purchase_id, v_after, v_not_ours);
  perform phone_pool.alert_of_purchase(p_purchase_id);
  return 'retrying';
end
$$;
comment on function phone_pool_worker.record_purchase_failure(uuid, uuid, text, text, int) is
  'Records what went wrong, by class (see the table above this function''s file), and decides what '
  'is next. Returns retrying, failed or cancelled. Raises claim_lost. Security definer: see '
  'claim_purchases.';
