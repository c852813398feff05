-- A number that is never to be used again: it stays where it is until it is free, then goes back to
-- Telnyx.

create function phone_pool.mark_retired(p_phone_number_id uuid, p_reason text)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := phone_pool.clock();
begin
  -- A number that does not rest goes back at once; one in quarantine when that is over.
  update public.phone_numbers n
  set retired_at = v_now, retire_reason = p_reason, updated_at = v_now,
    status = case when r.is_resting then n.status else 'released' end,
    released_at = case when not r.is_resting then v_now end,
    -- One that is held back as well must not rest for ever.
    suspended_until = case when r.is_resting then least(n.suspended_until, r.until) end,
    suspended_reason = case when r.is_resting then n.suspended_reason end
  from (
    select coalesce(max(w.until) > v_now, false) as is_resting, max(w.until) as until
    from (
      select coalesce(t.resumed_at, t.quarantine_until) as until
      from phone_pool.tenures t where t.phone_number_id = p_phone_number_id
    ) w
  ) r
  where n.id = p_phone_number_id;
  perform phone_pool.close_alert('number_held_back', p_phone_number_id::text);
end
$$;
comment on function phone_pool.mark_retired(uuid, text) is
  'Never to be used again. The caller has locked the number, and it is not assigned.';

create function public.retire_phone_number(p_phone_number text, p_reason text)
returns public.phone_numbers
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  v_number public.phone_numbers;
begin
  if coalesce(p_reason, '') !~ '\S' then
    perform phone_pool.raise_error('invalid_request', 'p_reason is missing');
  end if;
  select * into v_number from public.phone_numbers n
  where n.phone_number = p_phone_number for no key update;
  if not found then
    perform phone_pool.raise_error('phone_number_not_found', '…' || right(p_phone_number, 4));
  elsif v_number.status = 'assigned' then
    perform phone_pool.raise_error('phone_number_held', v_number.organization_id::text);
  elsif v_number.status <> 'released' and v_number.retired_at is null then
    perform phone_pool.mark_retired(v_number.id, p_reason);
    select * into strict v_number from public.phone_numbers n where n.id = v_number.id;
    if v_number.status = 'released' then
      perform phone_pool.nudge('release-numbers');
    end if;
  end if;
  return v_number;
end
$$;
comment on function public.retire_phone_number(text, text) is
  'The number (E.164) is never used again: a free one or one that was held back is given back to '
  'Telnyx now, one in quarantine when that is over. Retired or released already: its row, '
  'unchanged. Raises phone_number_not_found, phone_number_held, invalid_request. Security '
  'definer: see request_phone_number.';
