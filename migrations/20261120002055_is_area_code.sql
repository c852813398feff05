-- What may be wished for and bought in: the area codes of area_codes, not what only looks like one.

create function phone_pool.is_area_code(p_area_code text)
returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select exists (select from phone_pool.area_codes a where a.area_code = p_area_code);
$$;
comment on function phone_pool.is_area_code(text) is
  'Whether it is an area code of the United States.';
revoke execute on all functions in schema phone_pool from public;
