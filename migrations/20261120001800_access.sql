-- What a signed-in user may do: see the number of the own organization, and call for it.

create function phone_pool.may_call(p_organization_id uuid)
returns boolean
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return coalesce(
    (select auth.jwt()) -> 'app_metadata' ->> 'organization_id' = p_organization_id::text, false);
end
$$;
comment on function phone_pool.may_call(uuid) is
  'Whether the signed-in user acts for this organization: by default the organization_id in the '
  'app_metadata of the verified JWT, which users cannot write. Replace it to ask a membership '
  'table instead.';
revoke execute on function phone_pool.may_call(uuid) from public;
grant execute on function phone_pool.may_call(uuid) to authenticated, service_role;

grant select (id, phone_number, organization_id, status, area_code, country_code, assigned_at)
  on public.phone_numbers to authenticated;
create policy phone_numbers_read_by_members on public.phone_numbers
  for select to authenticated
  using (organization_id is not null and phone_pool.may_call(organization_id));
