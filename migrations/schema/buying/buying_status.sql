-- What npm run buy-pool shows: what is there, what the caps leave, and what becomes of an order.

create function phone_pool_worker.buying_status(
  p_area_code text default null,
  p_since timestamptz default null
)
returns jsonb
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    with counted as (
      select count(*) filter (where p_area_code is null or n.area_code = p_area_code) as owned,
        count(*) filter (where n.status = 'available'
          and (p_area_code is null or n.area_code = p_area_code)) as available
      from public.phone_numbers n where n.status <> 'released'
    ),
    in_flight as (
      select count(*) as all_of_them,
        count(*) filter (where p_area_code is null or p.area_code = p_area_code) as wanted
      from phone_pool.purchases p where p.status in ('asked', 'planned', 'ordering', 'ordered')
    ),
    followed as (
      select p.status, p.last_error_class as error_class, p.last_error as error,
        substr(p.phone_number, 3, 3) as area_code, p.monthly_cost::text as monthly_cost
      from phone_pool.purchases p
      where (p_area_code is null or coalesce(p.wanted_area_code, p.area_code) = p_area_code)
        and (p.status in ('asked', 'planned', 'ordering', 'ordered')
          or p.planned_at >= p_since or p.owned_at >= p_since or p.ended_at >= p_since)
      order by p.planned_at, p.id
      limit 2000
    )
    select jsonb_build_object(
      'now', phone_pool.clock(),
      'owned', c.owned, 'available', c.available, 'in_flight', f.wanted,
      'waiting', (select count(*) from phone_pool.number_requests),
      'numbers', i.numbers, 'max_numbers', s.max_numbers,
      'committed', i.committed_usd::text,
      'monthly_budget', s.monthly_budget_usd::text,
      'expected_cost', s.number_monthly_cost_usd::text,
      'initial_size', s.initial_size,
      'purchases', (select coalesce(jsonb_agg(to_jsonb(o)), '[]') from followed o)
    )
    from counted c, in_flight f, phone_pool.spending(phone_pool.clock()) i, phone_pool.settings s
  );
end
$$;
comment on function phone_pool_worker.buying_status(text, timestamptz) is
  'Numbers owned and on order (of p_area_code, if given), what the caps are, and the purchases '
  'that were under way at p_since or later. For npm run buy-pool. Security definer: read by '
  'service_role through the Data API, which exposes no table of the pool.';
