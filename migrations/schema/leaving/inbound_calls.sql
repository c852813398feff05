-- Calls that come in for a number in quarantine: somebody still takes it for the clinic that left.
-- Each makes the quarantine longer; too many callers, and the number is retired instead of reused.
-- They are known from Telnyx's records: see call_records. A person that calls five times is one
-- caller.

create function phone_pool.note_inbound_call(p_record_id text)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_settings phone_pool.settings;
  v_call phone_pool.call_records;
  v_number public.phone_numbers;
  v_tenure phone_pool.tenures;
  v_callers int;
begin
  select * into strict v_settings from phone_pool.settings;
  select * into strict v_call from phone_pool.call_records c where c.id = p_record_id;
  select * into v_number from public.phone_numbers n
  where n.id = v_call.phone_number_id for no key update skip locked;
  if not found then
    return 'locked';
  elsif v_number.status <> 'suspended' then
    return 'ignored';
  end if;
  select * into v_tenure from phone_pool.tenures t where t.phone_number_id = v_number.id
  order by lower(t.held) desc limit 1;
  -- Held back and never held: it was nobody's. What rang before the organization left was meant for
  -- it, and what rang before it came, for an earlier one.
  if v_tenure.id is distinct from v_call.tenure_id or v_call.tenure_id is null
    or v_call.started_at < upper(v_tenure.held) then
    return 'ignored';
  elsif v_number.retired_at is not null then
    return 'counted';
  end if;
  select count(distinct coalesce(c.party_hash::text, c.id)) into v_callers
  from phone_pool.call_records c
  where c.tenure_id = v_tenure.id and c.started_at >= upper(v_tenure.held)
    and (c.kind = 'inbound' or c.id = v_call.id);
  if v_callers >= v_settings.retire_after_inbound_calls then
    perform phone_pool.mark_retired(
      v_number.id, format('%s callers during quarantine', v_callers));
    return 'retired';
  end if;
  perform phone_pool.extend_quarantine(v_tenure.id, least(v_call.started_at, phone_pool.clock())
    + make_interval(hours => 24 * v_settings.quarantine_days));
  return 'counted';
end
$$;
comment on function phone_pool.note_inbound_call(text) is
  'Somebody has called a number of ours: call_records.id. In quarantine that counts: the '
  'quarantine starts anew, and with the settings.retire_after_inbound_calls-th caller the number '
  'is retired. Returns ignored, counted, retired, or locked: somebody else has the number, ask '
  'again.';

create function phone_pool.extend_quarantine(p_tenure_id bigint, p_until timestamptz)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  with extended as (
    update phone_pool.tenures t set quarantine_until = p_until
    where t.id = p_tenure_id and t.quarantine_until < p_until
    returning t.phone_number_id, t.quarantine_until
  )
  update public.phone_numbers n
  set suspended_until = greatest(n.suspended_until, e.quarantine_until),
    updated_at = phone_pool.clock()
  from extended e where n.id = e.phone_number_id and n.status = 'suspended';
end
$$;
comment on function phone_pool.extend_quarantine(bigint, timestamptz) is
  'Makes the running quarantine last until p_until at least. The caller has locked the number.';
