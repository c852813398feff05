-- What must hold when a sweep has run since the last act.
select 'an organization shows a number that it does not hold: …' || right(n.phone_number, 4) as problem
from public.organizations o
join public.phone_numbers n on n.status <> 'released'
  and right(regexp_replace(split_part(o.phone, 'x', 1), '[^0-9]', '', 'g'), 10) = substr(n.phone_number, 3)
where o.phone is not null and n.organization_id is distinct from o.id
  -- The application refuses to write its row: told by an alert.
  and o.id not in (select b.id from public.broken_organizations b)
  -- Held back because of it: told by an alert, and given to no other.
  and not (n.status = 'suspended' and n.suspended_until = 'infinity')
union all
select 'an active organization is mute, and that is seen nowhere: ' || o.id
from public.organizations o
where coalesce(o.subscription_status, '') <> 'canceled'
  and not exists (select from public.phone_numbers n where n.organization_id = o.id)
  and not exists (select from public.admin_waiting_organizations w where w.organization_id = o.id)
  and not exists (
    select from phone_pool.organizations_without_number w where w.organization_id = o.id)
union all
select 'an organization holds a number that is gone, and no alert says so: …' || right(n.phone_number, 4)
from public.phone_numbers n
where n.status = 'assigned' and n.carrier_status = 'gone' and not exists (
  select from phone_pool.alerts a
  where a.kind = 'number_gone' and a.subject = n.id::text and a.closed_at is null)
union all
select 'a number is held back, and no alert or drift says so: …' || right(n.phone_number, 4)
from public.phone_numbers n
where n.status = 'suspended' and n.suspended_until = 'infinity'
  and not exists (select from phone_pool.alerts a
    where a.kind = 'number_held_back' and a.subject = n.id::text)
  and not exists (select from phone_pool.drifts d
    where d.phone_number = n.phone_number and d.closed_at is null)
