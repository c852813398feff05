-- Organizations from before phone-pool, without a phone, ask for a number.

create function public.backfill_organizations(p_limit int default 1000)
returns int
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
#variable_conflict use_variable
declare
  v_count int;
begin
  insert into phone_pool.number_requests
    (organization_id, area_code, wanted_area_code, requested_at)
  select o.id, phone_pool.wanted_area_code(o.settings), phone_pool.wanted_area_code(o.settings),
    phone_pool.clock()
  from public.organizations o, phone_pool.settings s
  where (phone_pool.phone_digits(o.phone) is null or not phone_pool.is_own_phone(o.phone))
    and coalesce(o.subscription_status, '') <> all (s.inactive_statuses)
    and not exists (select from phone_pool.number_requests r where r.organization_id = o.id)
    and not exists (select from public.phone_numbers n where n.organization_id = o.id)
    and not exists (
      select from phone_pool.organizations_without_number w where w.organization_id = o.id)
  order by o.created_at, o.id
  limit p_limit
  on conflict (organization_id) do nothing;
  get diagnostics v_count = row_count;
  if v_count > 0 then
    perform phone_pool.nudge_planner();
  end if;
  return v_count;
end
$$;
comment on function public.backfill_organizations(int) is
  'Puts p_limit active organizations without a number into the queue, oldest first, and returns '
  'how many; not those from which it was taken on purpose. They are served after this '
  'transaction. Safe to repeat: 0 when all have one or wait. Security definer: see '
  'request_phone_number.';
