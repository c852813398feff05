-- What a clinic may choose from when it registers, for the application's own form.

create function public.offered_area_codes()
returns table (area_code text, state text, in_stock int)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
  select a.area_code, a.state, (
    select count(*)::int from (
      select from public.phone_numbers n
      where n.status = 'available' and n.area_code = a.area_code
      limit 10
    ) counted
  )
  from phone_pool.area_codes a
  order by a.area_code;
$$;
comment on function public.offered_area_codes() is
  'Every area code that may be wished for, and how many numbers of it a clinic would have at once: '
  '10 at most, more are not counted. One with none is bought for the clinic, which waits for it. '
  'Security definer: users see the pool in no other way.';
