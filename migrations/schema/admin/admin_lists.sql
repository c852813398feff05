-- The lists: numbers, who waits, purchases. Each in the order of an index, so that its first rows
-- come at once however long it is.

create view public.admin_phone_numbers with (security_invoker = true) as
select
  n.phone_number,
  n.status,
  n.organization_id,
  o.name as organization_name,
  n.assigned_at,
  n.area_code,
  n.monthly_cost as monthly_cost_usd,
  n.purchased_at,
  n.suspended_until,
  n.suspended_reason,
  n.carrier_status,
  n.retired_at,
  n.retire_reason,
  n.released_at,
  r.gone_at as gone_at_telnyx_at,
  case
    when n.status = 'suspended' and n.suspended_until = 'infinity' then n.suspended_reason
    when n.status = 'suspended' and n.suspended_until <= phone_pool.clock() and not l.is_neutral
      then 'its line at Telnyx to be cleared: see admin_lines'
    when n.status = 'suspended' and n.suspended_until <= phone_pool.clock() then 'the next sweep'
    when n.status = 'suspended' then 'the end of its quarantine'
    when n.status = 'released' and r.gone_at is null and r.last_error_class is not null
      then 'another attempt to delete it at Telnyx: ' || r.last_error_class
    when n.status = 'released' and r.gone_at is null then 'its deletion at Telnyx'
  end as waiting_for,
  case n.status when 'suspended' then nullif(n.suspended_until, 'infinity')
    when 'released' then case when r.gone_at is null then r.next_attempt_at end
  end as next_attempt_at,
  n.telnyx_phone_number_id,
  n.purchase_id,
  n.id
from public.phone_numbers n
left join public.organizations o on o.id = n.organization_id
left join phone_pool.carrier_releases r on r.phone_number_id = n.id
left join phone_pool.lines l on l.phone_number_id = n.id
order by n.phone_number;
comment on view public.admin_phone_numbers is 'Every number that is or was ours, and who has it.';

create view public.admin_waiting_organizations with (security_invoker = true) as
with without_number as (
  select o.id, o.name, o.phone, w.reason
  from public.organizations o
  cross join phone_pool.settings s
  left join phone_pool.organizations_without_number w on w.organization_id = o.id
  where coalesce(o.subscription_status, '') <> all (s.inactive_statuses)
    and not exists (select from public.phone_numbers n where n.organization_id = o.id)
    and not exists (select from phone_pool.number_requests r where r.organization_id = o.id)
  -- These questions first, whose phone it is last.
  offset 0
)
select w.*
-- In the order of the queue, before anybody looks through all organizations.
from (
  select
    r.id as place,
    r.organization_id,
    o.name as organization_name,
    r.requested_at as waiting_since,
    case
      when r.failures > 0 then 'another attempt to write its row: see the alert assignment_failed'
      when p.status in ('ordering', 'ordered')
        then 'Telnyx to deliver …' || right(p.phone_number, 4)
      when p.last_error_class = 'over_budget' then 'room in the budget'
      when p.last_error_class is not null
        then 'another attempt to buy, after ' || p.last_error_class
      when p.id is not null then 'its purchase to begin'
      when r.area_code is not null
        then 'a purchase in area code ' || r.area_code || ' to be planned'
      when c.kind is not null then 'room under the caps: ' || c.kind
      else 'the next number of the pool'
    end as waiting_for,
    case when r.requested_at < phone_pool.clock() - s.alert_waiting_after then r.requested_at end
      as stuck_since,
    coalesce(r.not_before, p.next_attempt_at,
      case when r.area_code is null then f.next_attempt_at end) as next_attempt_at,
    r.area_code,
    r.wanted_area_code,
    p.attempts,
    p.last_error,
    p.id as purchase_id,
    h.phone_number as replaces
  from phone_pool.number_requests r
  cross join phone_pool.settings s
  left join public.organizations o on o.id = r.organization_id
  left join public.phone_numbers h on h.id = r.replaces
  left join lateral (
    select q.* from phone_pool.purchases q
    where q.organization_id = r.organization_id and q.status in ('planned', 'ordering', 'ordered')
    order by q.planned_at limit 1
  ) p on true
  left join lateral (
    select q.next_attempt_at from phone_pool.purchases q
    where q.status in ('planned', 'ordering', 'ordered') order by q.next_attempt_at, q.id limit 1
  ) f on true
  left join lateral (
    select a.kind from phone_pool.alerts a
    where a.closed_at is null and a.quiet_since is null
      and a.kind in ('budget_reached', 'max_numbers_reached')
    order by a.kind limit 1
  ) c on true
  order by r.id
) w
union all
select null, o.id, o.name, null, case
    when phone_pool.is_own_phone(o.phone)
      then 'nothing: it has a phone of its own and cannot call; '
      'request_phone_number(…, replace_own => true)'
    when o.reason is not null
      then 'nothing: its number was taken from it (' || o.reason || '); request_phone_number()'
    else 'room under the caps: it was there before phone-pool' end,
  null, null, null, null, null, null, null, null
from without_number o;
comment on view public.admin_waiting_organizations is
  'Organizations that cannot call: those that wait for a number, in the order of service, and for '
  'what; then those that do not wait for one (place is null), with a phone of their own, and why.';

create view public.admin_purchases with (security_invoker = true) as
select
  p.id,
  p.status,
  p.reason,
  case
    when p.status in ('owned', 'failed', 'cancelled') then null
    when p.lease_until > phone_pool.clock() then 'the worker that has it'
    when p.last_error_class = 'over_budget' then 'room in the budget'
    when p.last_error_class is not null then 'another attempt, after ' || p.last_error_class
    when p.status = 'ordered' then 'Telnyx to deliver'
    when p.status = 'ordering' then 'Telnyx to tell what became of the order'
    when p.status = 'asked' then 'being planned'
    else 'a worker'
  end as waiting_for,
  case when p.status in ('asked', 'planned', 'ordering', 'ordered')
    and p.planned_at < phone_pool.clock() - interval '15 minutes' then p.planned_at end
    as stuck_since,
  case when p.status in ('planned', 'ordering', 'ordered') then p.next_attempt_at end
    as next_attempt_at,
  p.phone_number,
  p.area_code,
  p.wanted_area_code,
  p.organization_id,
  o.name as organization_name,
  p.attempts,
  p.last_error_class,
  p.last_error,
  p.monthly_cost as monthly_cost_usd,
  p.upfront_cost as upfront_cost_usd,
  p.telnyx_order_id,
  p.planned_at,
  p.chosen_at,
  p.ordered_at,
  p.owned_at,
  p.ended_at,
  p.outcome_unknown_since
from phone_pool.purchases p
left join public.organizations o on o.id = p.organization_id
order by p.planned_at desc, p.id;
comment on view public.admin_purchases is 'Every number bought or to be bought, latest first.';
revoke all on public.admin_phone_numbers, public.admin_waiting_organizations,
  public.admin_purchases from public, anon, authenticated, service_role;
grant select on public.admin_phone_numbers, public.admin_waiting_organizations,
  public.admin_purchases to service_role;

-- What their columns mean.

comment on column public.admin_phone_numbers.status is
  'available: in the pool. assigned. suspended: in quarantine. released: given back to Telnyx.';
comment on column public.admin_phone_numbers.purchased_at is 'When it became ours.';
comment on column public.admin_phone_numbers.suspended_until is 'End of its quarantine.';
comment on column public.admin_phone_numbers.suspended_reason is
  'Why it rests, or is held back (suspended_until is infinity then).';
comment on column public.admin_phone_numbers.carrier_status is
  'What Telnyx last said of it: active; gone; another word; null: not compared yet.';
comment on column public.admin_phone_numbers.retired_at is
  'Since when it is never to be assigned again.';
comment on column public.admin_phone_numbers.gone_at_telnyx_at is
  'When Telnyx had deleted it: until then it is billed.';
comment on column public.admin_phone_numbers.waiting_for is 'What has to come before it goes on.';
comment on column public.admin_phone_numbers.purchase_id is
  'How it was bought, see admin_purchases; null: added by hand.';
comment on column public.admin_waiting_organizations.place is
  'Ordered by it they are served; not counted from 1. Null: it does not wait.';
comment on column public.admin_waiting_organizations.waiting_for is 'What has to come first.';
comment on column public.admin_waiting_organizations.stuck_since is
  'Set when it waits for longer than settings.alert_waiting_after.';
comment on column public.admin_waiting_organizations.next_attempt_at is
  'When a purchase that would serve it is due; null: none is planned.';
comment on column public.admin_waiting_organizations.area_code is
  'Only this area code will do; null: any number.';
comment on column public.admin_waiting_organizations.wanted_area_code is
  'What it asked for at first.';
comment on column public.admin_waiting_organizations.attempts is
  'Failed attempts of the purchase made for it.';
comment on column public.admin_waiting_organizations.replaces is
  'The number that it has, and keeps until it gets another; null: it has none.';
comment on column public.admin_waiting_organizations.purchase_id is
  'The purchase made for it, see admin_purchases; null: it takes what the pool gets.';
comment on column public.admin_purchases.id is
  'Also the customer_reference of the order at Telnyx.';
comment on column public.admin_purchases.status is
  'asked, planned, ordering, ordered, owned; failed or cancelled: nothing was bought.';
comment on column public.admin_purchases.reason is
  'low_water: for the pool; area_code: for an organization; requested: order_phone_numbers().';
comment on column public.admin_purchases.waiting_for is 'What has to come before it goes on.';
comment on column public.admin_purchases.stuck_since is
  'Set when it was planned 15 minutes ago and is not done.';
comment on column public.admin_purchases.area_code is 'Where it is bought now; null: anywhere.';
comment on column public.admin_purchases.wanted_area_code is 'Where it was to be bought at first.';
comment on column public.admin_purchases.organization_id is 'For whom; null: for the pool.';
comment on column public.admin_purchases.monthly_cost_usd is
  'Rent a month: expected, then the real one.';
comment on column public.admin_purchases.outcome_unknown_since is
  'Since when it is not known whether Telnyx has carried out the order.';
