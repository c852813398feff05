-- Calls that come in for a number in quarantine: somebody still takes it for the clinic that left.
-- Each makes the quarantine longer; too many, and the number is retired instead of reused.

create table phone_pool.inbound_calls (
  event_id text constraint inbound_calls_pkey primary key,
  tenure_id bigint not null
    constraint inbound_calls_tenure_exists references phone_pool.tenures (id),
  called_at timestamptz not null
);
comment on table phone_pool.inbound_calls is
  'Calls for numbers in quarantine, from verified webhooks. Who called is not kept.';
comment on column phone_pool.inbound_calls.tenure_id is 'Of the organization that was called.';
create index inbound_calls_by_tenure on phone_pool.inbound_calls (tenure_id);
alter table phone_pool.inbound_calls enable row level security;
grant select on phone_pool.inbound_calls to service_role;

create function phone_pool.note_inbound_call(
  p_phone_number text,
  p_event_id text,
  p_at timestamptz
)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_settings phone_pool.settings;
  v_number public.phone_numbers;
  v_tenure phone_pool.tenures;
  v_called_at timestamptz := least(coalesce(p_at, 'infinity'), phone_pool.clock());
  v_calls int;
begin
  select * into strict v_settings from phone_pool.settings;
  select * into v_number from public.phone_numbers n
  where n.phone_number = p_phone_number and n.status = 'suspended' for no key update;
  if not found then
    return 'ignored';
  end if;
  select * into v_tenure from phone_pool.tenures t where t.phone_number_id = v_number.id
  order by lower(t.held) desc limit 1;
  -- Held back and never held: it was nobody's.
  if not found then
    return 'ignored';
  end if;
  -- A webhook may arrive late: what rang before the organization left was meant for it.
  if v_called_at < upper(v_tenure.held) then
    return 'ignored';
  end if;
  insert into phone_pool.inbound_calls (event_id, tenure_id, called_at)
  values (p_event_id, v_tenure.id, v_called_at)
  on conflict on constraint inbound_calls_pkey do nothing;
  if not found then
    return 'repeated';
  elsif v_number.retired_at is not null then
    return 'counted';
  end if;
  select count(*) into v_calls from phone_pool.inbound_calls c where c.tenure_id = v_tenure.id;
  if v_calls >= v_settings.retire_after_inbound_calls then
    perform phone_pool.mark_retired(
      v_number.id, format('%s inbound calls during quarantine', v_calls));
    return 'retired';
  end if;
  perform phone_pool.extend_quarantine(v_tenure.id,
    v_called_at + make_interval(hours => 24 * v_settings.quarantine_days));
  return 'counted';
end
$$;
comment on function phone_pool.note_inbound_call(text, text, timestamptz) is
  'Somebody has called p_phone_number (E.164) at p_at; p_event_id makes a repetition harmless. In '
  'quarantine the call counts: the quarantine starts anew, and at the '
  'settings.retire_after_inbound_calls-th the number is retired. Returns ignored, repeated, '
  'counted or retired. Call it for verified webhooks only.';

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
