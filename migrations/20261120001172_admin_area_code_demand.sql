-- Which area codes organizations want, and whether the pool has them: one row each.

create view public.admin_area_code_demand with (security_invoker = true) as
select
  f.area_code,
  f.arrivals_per_day,
  f.immediate_share,
  f.keep,
  coalesce(n.available, 0) as available,
  coalesce(o.on_order, 0) as on_order,
  coalesce(w.waiting, 0) as waiting,
  round(coalesce(n.available, 0) / nullif(f.arrivals_per_day, 0), 1) as days_of_cover,
  f.sold_out_at
from phone_pool.area_code_forecasts f
left join (
  select p.area_code, count(*) as available from public.phone_numbers p
  where p.status = 'available' group by p.area_code
) n using (area_code)
left join (
  select p.area_code, count(*) as on_order from phone_pool.purchases p
  where p.status in ('planned', 'ordering', 'ordered') group by p.area_code
) o using (area_code)
left join (
  select r.area_code, count(*) as waiting from phone_pool.number_requests r
  where r.area_code is not null group by r.area_code
) w using (area_code);

comment on view public.admin_area_code_demand is
  'The area codes that the organizations of the last 28 days wanted, as the sweep saw it. Empty '
  'while settings.forecast is off.';
comment on column public.admin_area_code_demand.area_code is
  'organizations.settings ->> ''area_code''.';
comment on column public.admin_area_code_demand.arrivals_per_day is
  'Registrations a day that wanted it.';
comment on column public.admin_area_code_demand.immediate_share is
  'Share of them that had a number within 500 milliseconds; the others waited for a purchase.';
comment on column public.admin_area_code_demand.keep is
  'How many of it the pool should have when a batch has arrived; 0: wanted too rarely.';
comment on column public.admin_area_code_demand.available is
  'Numbers of it that wait for an organization; who wants no area code may take them.';
comment on column public.admin_area_code_demand.on_order is
  'Numbers of it planned or on order, for the pool or for who waits.';
comment on column public.admin_area_code_demand.waiting is 'Organizations that wait for one of it.';
comment on column public.admin_area_code_demand.days_of_cover is
  'How long the available ones last those who want them.';
comment on column public.admin_area_code_demand.sold_out_at is
  'When nothing was for sale there; for a day the pool buys others instead.';
revoke all on public.admin_area_code_demand from public, anon, authenticated, service_role;
grant select on public.admin_area_code_demand to service_role;
