-- Answers about the past, and the one way to put a mistake in it right.

create function phone_pool.holder_at(p_phone_number text, p_at timestamptz)
returns uuid
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select t.organization_id
  from phone_pool.tenures t
  join public.phone_numbers n on n.id = t.phone_number_id
  where n.phone_number = p_phone_number and t.held @> p_at;
$$;
comment on function phone_pool.holder_at(text, timestamptz) is
  'Which organization held the number (E.164) at that moment; null: none. Security definer: for '
  'service_role, who cannot call the schema''s functions otherwise.';

create function phone_pool.break_glass(
  p_tenure_id bigint,
  p_reason text,
  p_quarantine_until timestamptz default null,
  p_organization_id uuid default null
)
returns phone_pool.tenures
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenure phone_pool.tenures;
  v_override bigint;
begin
  select t.* into v_tenure from phone_pool.tenures t
  join public.phone_numbers n on n.id = t.phone_number_id
  where t.id = p_tenure_id and not upper_inf(t.held) for update;
  if not found then
    perform phone_pool.raise_error('invalid_request', 'no closed tenure has this id');
  elsif coalesce(p_reason, '') !~ '\S' then
    perform phone_pool.raise_error('invalid_request', 'p_reason is missing');
  end if;
  insert into phone_pool.history_overrides (tenure_id, reason, done_at, before)
  values (p_tenure_id, p_reason, phone_pool.clock(), to_jsonb(v_tenure))
  returning id into v_override;
  update phone_pool.tenures t
  set override_id = v_override, organization_id = coalesce(p_organization_id, t.organization_id),
    quarantine_until = coalesce(p_quarantine_until, t.quarantine_until)
  where t.id = p_tenure_id returning * into v_tenure;
  update public.phone_numbers n
  set suspended_until = v_tenure.quarantine_until, updated_at = phone_pool.clock()
  where n.id = v_tenure.phone_number_id and n.status = 'suspended' and not exists (
    select from phone_pool.tenures l
    where l.phone_number_id = n.id and lower(l.held) > lower(v_tenure.held));
  perform phone_pool.raise_alert('history_overridden',
    format('tenure %s, by %s: %s', p_tenure_id, session_user, p_reason), p_tenure_id::text);
  return v_tenure;
end
$$;
comment on function phone_pool.break_glass(bigint, text, timestamptz, uuid) is
  'Puts right a closed tenure: another end of its quarantine (not before the hold ended), or '
  'another organization. The only way to shorten a quarantine. What was there before, who did it '
  'and why stays in history_overrides for ever, and an alert is raised. Overlaps are refused even '
  'so. For postgres only. Raises invalid_request.';
