-- What must hold after every committed step, read from the tables and not from functions of ours.
select 'a number and its tenure disagree: …' || right(n.phone_number, 4) as problem
from public.phone_numbers n
left join phone_pool.tenures t on t.phone_number_id = n.id and upper_inf(t.held)
where n.organization_id is distinct from t.organization_id
  or (n.status = 'assigned') <> (t.id is not null)
union all
select 'an organization does not show the number that it holds: …' || right(n.phone_number, 4)
from public.phone_numbers n join public.organizations o on o.id = n.organization_id
where o.phone is distinct from n.phone_number
union all
select 'an inactive organization holds a number: …' || right(n.phone_number, 4)
from public.phone_numbers n join public.organizations o on o.id = n.organization_id
where o.subscription_status = 'canceled'
  -- The application refuses to write its row: told by an alert, and tried again by the sweep.
  and o.id not in (select b.id from public.broken_organizations b)
union all
select 'a number is free within the quarantine of its last holder: …' || right(n.phone_number, 4)
from public.phone_numbers n join phone_pool.tenures t on t.phone_number_id = n.id
where n.status in ('available', 'released')
  and coalesce(t.resumed_at, t.quarantine_until, 'infinity') > phone_pool.clock()
union all
select 'a free number is not active at Telnyx: …' || right(n.phone_number, 4)
from public.phone_numbers n where n.status = 'available' and n.carrier_status <> 'active'
union all
select 'a replaced number came back: …' || right(n.phone_number, 4)
from public.phone_numbers n
join phone_pool.tenures t on t.phone_number_id = n.id and t.organization_id = n.organization_id
where t.is_replaced
union all
select 'a queue entry of an organization that has a number: ' || r.organization_id
from phone_pool.number_requests r join public.phone_numbers n using (organization_id)
where r.replaces is distinct from n.id
