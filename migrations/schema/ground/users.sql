-- What a signed-in user may do: see the number of the own organization, and call for it.
--
-- An application with a membership table replaces my_organizations(), and everything here asks
-- that. Both functions are security definer: a policy calls them as the user, for whom this schema
-- is closed.

create function phone_pool.my_organizations()
returns setof uuid
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select (c.organization_id)::uuid
  from (select (select auth.jwt()) -> 'app_metadata' ->> 'organization_id') c (organization_id)
  -- What is no id belongs to nobody, and is no reason to fail a query.
  where c.organization_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$';
$$;
comment on function phone_pool.my_organizations() is
  'The organizations that the signed-in user acts for: by default the organization_id in the '
  'app_metadata of the verified JWT, which users cannot write. Replace it to ask a membership '
  'table instead. Security definer: row security asks it for users, who cannot enter the schema.';

create function phone_pool.may_call(p_organization_id uuid)
returns boolean
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return exists (select from phone_pool.my_organizations() m (id) where m.id = p_organization_id);
end
$$;
comment on function phone_pool.may_call(uuid) is
  'Whether the signed-in user acts for this organization: whether it is one of my_organizations(). '
  'Security definer: see my_organizations.';
