-- The steps of the Edge Function release-numbers, which deletes at Telnyx what is released here.
-- Compare-and-set on a token, as for purchases. All are security definer: service_role gives
-- numbers back only by these steps, not by writing rows.

create function phone_pool_worker.claim_number_releases(
  p_limit int default 10, p_lease_seconds int default 90
)
returns table (
  phone_number_id uuid,
  claim_token uuid,
  phone_number text,
  telnyx_phone_number_id text,
  purchase_id uuid
)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := phone_pool.clock();
begin
  -- Not the pool's any more, and kept: it is never deleted.
  update phone_pool.carrier_releases r
  set gone_at = v_now, claim_token = null, lease_until = null
  where r.gone_at is null and exists (
    select from public.phone_numbers n
    join phone_pool.known_numbers k on k.phone_number = n.phone_number
    where n.id = r.phone_number_id);
  return query
  with due as (
    select r.phone_number_id as id from phone_pool.carrier_releases r
    where r.gone_at is null and r.next_attempt_at <= v_now
      and (r.lease_until is null or r.lease_until <= v_now)
      and (select phone_pool.is_own_project())
    order by r.next_attempt_at, r.phone_number_id
    limit least(greatest(p_limit, 1), 50)
    for update skip locked
  ),
  claimed as (
    update phone_pool.carrier_releases r
    set claim_token = gen_random_uuid(),
      lease_until = v_now + make_interval(secs => least(greatest(p_lease_seconds, 1), 600))
    from due where r.phone_number_id = due.id
    returning r.phone_number_id as id, r.claim_token as token
  )
  select n.id, c.token, n.phone_number, n.telnyx_phone_number_id, n.purchase_id
  from claimed c
  join public.phone_numbers n on n.id = c.id and n.status = 'released';
end
$$;
comment on function phone_pool_worker.claim_number_releases(int, int) is
  'Leases up to p_limit (at most 50) numbers to be deleted at Telnyx, for p_lease_seconds (at most '
  '600), with the claim_token that every further step asks for. Security definer: see '
  'record_number_gone.';

create function phone_pool.lock_claimed_release(p_phone_number_id uuid, p_claim_token uuid)
returns phone_pool.carrier_releases
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_release phone_pool.carrier_releases;
begin
  select * into v_release from phone_pool.carrier_releases r
  where r.phone_number_id = p_phone_number_id and r.claim_token = p_claim_token
    and r.lease_until > phone_pool.clock()
  for update;
  if not found then
    perform phone_pool.raise_error('claim_lost', 'phone number ' || p_phone_number_id);
  end if;
  return v_release;
end
$$;
comment on function phone_pool.lock_claimed_release(uuid, uuid) is
  'Locks and returns the release if the token still holds; raises claim_lost otherwise.';

create function phone_pool_worker.record_number_gone(p_phone_number_id uuid, p_claim_token uuid)
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform phone_pool.lock_claimed_release(p_phone_number_id, p_claim_token);
  update phone_pool.carrier_releases r
  set gone_at = phone_pool.clock(), claim_token = null, lease_until = null,
    last_error_class = null, last_error = null
  where r.phone_number_id = p_phone_number_id;
  perform phone_pool.close_alert('release_failing', n.phone_number)
  from public.phone_numbers n where n.id = p_phone_number_id;
end
$$;
comment on function phone_pool_worker.record_number_gone(uuid, uuid) is
  'Telnyx has answered that the number is gone. Raises claim_lost. Security definer: '
  'service_role gives numbers back by these steps only.';

create function phone_pool_worker.record_number_release_failure(
  p_phone_number_id uuid,
  p_claim_token uuid,
  p_error_class text,
  p_error text,
  p_retry_after_seconds int default null
)
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_release phone_pool.carrier_releases :=
    phone_pool.lock_claimed_release(p_phone_number_id, p_claim_token);
  v_attempts int := v_release.attempts + (p_error_class <> 'rate_limited')::int;
  v_is_refusal boolean := p_error_class not in ('rate_limited', 'carrier_down');
begin
  update phone_pool.carrier_releases r
  set attempts = v_attempts, claim_token = null, lease_until = null,
    last_error_class = p_error_class, last_error = left(p_error, 500),
    next_attempt_at = phone_pool.clock() + case
      when p_error_class = 'rate_limited' then
        make_interval(secs => least(greatest(coalesce(p_retry_after_seconds, 1), 1), 3600))
      -- A deletion lock is lifted by a person: 10 minutes, 20 … at most a day.
      when v_is_refusal then
        make_interval(mins => least(5 * power(2, least(v_attempts, 10))::int, 1440))
      else phone_pool.backoff(v_attempts, random())
    end
  where r.phone_number_id = p_phone_number_id;
  if v_is_refusal or v_attempts >= (select s.purchase_max_attempts from phone_pool.settings s) then
    perform phone_pool.raise_alert('release_failing',
      format('%s attempts to give it back to Telnyx, still rented: %s', v_attempts,
        left(p_error, 300)), n.phone_number)
    from public.phone_numbers n where n.id = p_phone_number_id;
  end if;
end
$$;
comment on function phone_pool_worker.record_number_release_failure(uuid, uuid, text, text, int) is
  'The number could not be deleted: tried again later, less and less often; alerts on a refusal '
  '(deletion lock, not ours) at once. p_error_class as for purchases. Raises claim_lost. '
  'Security definer: see record_number_gone.';
