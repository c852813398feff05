-- What a failed step of a purchase means: try again, when, with which number; or give up.
--
--   class               the number    then
--   taken               not ours      another number, at once
--   order_failed        not ours      another number, at once
--   none_in_stock       none chosen   any area code; if that was wanted already: later
--   rate_limited        as it is      after the time Telnyx names
--   carrier_down        as it is      later
--   unknown_outcome     maybe ours    look again later, order only this number
--   invalid, unauthorized, insufficient_funds    a person must act: gives up, alert at once
--
-- "Gives up" holds only while nothing can have been bought. Once an order may have been carried
-- out, the purchase is asked about for ever, less and less often, and an alert stays open.

create function phone_pool.backoff(p_attempts int, p_jitter double precision)
returns interval
language sql
immutable
security invoker
set search_path = ''
as $$
  select make_interval(secs =>
    least(2 * power(2, least(greatest(p_attempts, 1), 20) - 1), 600) * (0.75 + p_jitter / 2));
$$;
comment on function phone_pool.backoff(int, double precision) is
  'How long to wait after p_attempts failures: 2 s, 4 s, 8 s … 10 min, give or take a quarter by '
  'p_jitter (0 to 1).';

create function phone_pool.give_up_purchase(p_purchase_id uuid, p_message text)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  update phone_pool.purchases p
  set status = 'failed', ended_at = phone_pool.clock(), phone_number = null, chosen_at = null,
    outcome_unknown_since = null, claim_token = null, lease_until = null
  where p.id = p_purchase_id;
  perform phone_pool.raise_alert('purchase_failing', p_message);
end
$$;
comment on function phone_pool.give_up_purchase(uuid, text) is
  'Ends a purchase of which nothing can have been bought, and alerts.';

create function phone_pool.retry_purchase(
  p_purchase_id uuid,
  p_after interval,
  p_other_number boolean default false
)
returns void
language sql
volatile
security invoker
set search_path = ''
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

create function public.release_purchase(
  p_purchase_id uuid,
  p_claim_token uuid,
  p_after_seconds int default 0
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform phone_pool.lock_claimed_purchase(p_purchase_id, p_claim_token);
  perform phone_pool.retry_purchase(
    p_purchase_id, make_interval(secs => least(greatest(p_after_seconds, 0), 3600)));
end
$$;
comment on function public.release_purchase(uuid, uuid, int) is
  'Nothing went wrong, but there is nothing to do yet (a pending order): due again in '
  'p_after_seconds. Raises claim_lost. Security definer: see claim_purchases.';

create function public.record_purchase_failure(
  p_purchase_id uuid,
  p_claim_token uuid,
  p_error_class text,
  p_error text,
  p_retry_after_seconds int default null
)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_purchase phone_pool.purchases := phone_pool.lock_claimed_purchase(p_purchase_id, p_claim_token);
  v_class text := p_error_class;
  v_may_be_ours boolean;
  v_attempts int := v_purchase.attempts + 1;
  v_most int;
begin
  if v_class not in ('taken', 'order_failed', 'none_in_stock', 'rate_limited', 'carrier_down',
    'unknown_outcome', 'invalid', 'unauthorized', 'insufficient_funds') then
    perform phone_pool.raise_error('invalid_request', 'unknown error class ' || v_class);
  end if;
  -- "Taken" may be our own order, sent by a worker that died and not visible at Telnyx yet.
  if v_class = 'taken'
    and v_purchase.outcome_unknown_since > phone_pool.clock() - interval '2 minutes' then
    v_class := 'unknown_outcome';
  end if;
  v_may_be_ours := v_class not in ('taken', 'order_failed') and (v_purchase.status = 'ordered'
    or v_class = 'unknown_outcome' or v_purchase.outcome_unknown_since is not null);
  select s.purchase_max_attempts into strict v_most from phone_pool.settings s;
  update phone_pool.purchases p
  set last_error_class = v_class, last_error = left(p_error, 500),
    attempts = case when v_class = 'rate_limited' then p.attempts else v_attempts end,
    outcome_unknown_since = case when v_class = 'unknown_outcome'
      then coalesce(p.outcome_unknown_since, phone_pool.clock()) else p.outcome_unknown_since end
  where p.id = p_purchase_id;

  if not v_may_be_ours and v_class <> 'rate_limited' and (v_attempts >= v_most
    or v_class in ('invalid', 'unauthorized', 'insufficient_funds')) then
    perform phone_pool.give_up_purchase(p_purchase_id,
      format('gave up after %s attempts: %s: %s', v_attempts, v_class, left(p_error, 300)));
    return 'failed';
  elsif v_class = 'rate_limited' then
    perform phone_pool.retry_purchase(
      p_purchase_id, make_interval(secs => least(greatest(p_retry_after_seconds, 1), 3600)));
    return 'retrying';
  elsif v_class = 'none_in_stock' and v_purchase.area_code is not null then
    perform phone_pool.widen_purchase(p_purchase_id);
  elsif v_class in ('taken', 'order_failed') then
    perform phone_pool.retry_purchase(p_purchase_id,
      case when v_attempts < 3 then interval '0' else phone_pool.backoff(v_attempts, random()) end,
      true);
  else
    perform phone_pool.retry_purchase(p_purchase_id, phone_pool.backoff(v_attempts, random()));
  end if;
  if v_attempts >= v_most or v_class in ('invalid', 'unauthorized', 'insufficient_funds') then
    perform phone_pool.raise_alert('purchase_failing',
      format('%s attempts, the outcome is not known: %s: %s', v_attempts, v_class,
        left(p_error, 300)), p_purchase_id::text);
  end if;
  return 'retrying';
end
$$;
comment on function public.record_purchase_failure(uuid, uuid, text, text, int) is
  'Records what went wrong, by class (see the table above this function''s file), and decides what '
  'is next. Returns retrying or failed. Raises claim_lost. Security definer: see claim_purchases.';

create function phone_pool.widen_purchase(p_purchase_id uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_organization_id uuid;
begin
  update phone_pool.purchases p set area_code = null where p.id = p_purchase_id
  returning p.organization_id into v_organization_id;
  perform phone_pool.retry_purchase(p_purchase_id, interval '0');
  update phone_pool.number_requests r set area_code = null
  where r.organization_id = v_organization_id;
end
$$;
comment on function phone_pool.widen_purchase(uuid) is
  'The wanted area code has no numbers: any number will do, for the purchase and for who waits.';

revoke execute on all functions in schema phone_pool from public;
revoke execute on function public.release_purchase(uuid, uuid, int),
  public.record_purchase_failure(uuid, uuid, text, text, int) from public, anon, authenticated;
grant execute on function public.release_purchase(uuid, uuid, int),
  public.record_purchase_failure(uuid, uuid, text, text, int) to service_role;
