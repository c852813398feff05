-- What the support desk asks: this phone number, or this organization: everything about it, in one
-- row. `where phone_number = '+1…'` or `where organization_id = '…'`.
--
-- A row a number that is or was ours, and a row an organization that has none.

create view public.admin_support_numbers with (security_invoker = true) as
with subjects as (
  select n.phone_number, n.id as phone_number_id, n.organization_id, n.status, n.assigned_at,
    n.suspended_until, n.retire_reason, n.area_code
  from public.phone_numbers n
  union all
  select null, null, o.id, null, null, null, null, null
  from public.organizations o
  where not exists (select from public.phone_numbers n where n.organization_id = o.id)
)
select
  b.phone_number,
  b.organization_id,
  o.name as organization_name,
  o.subscription_status,
  case
    when b.status is not null then b.status
    when phone_pool.is_own_phone(o.phone) then 'brought its own number'
    when w.organization_id is not null then 'waiting'
    else 'no number'
  end as situation,
  b.assigned_at as held_since,
  w.requested_at as waiting_since,
  q.waiting_for,
  q.next_attempt_at,
  b.suspended_until as quarantine_until,
  b.retire_reason,
  l.seen_forward_to as calls_are_forwarded_to,
  l.seen_caller_name as listed_name,
  case when b.phone_number_id is not null then (
    select jsonb_agg(jsonb_build_object('organization_id', t.organization_id, 'phone_number',
      b.phone_number, 'from', lower(t.held), 'until', upper(t.held), 'reason', t.release_reason)
      order by lower(t.held) desc)
    from phone_pool.tenures t where t.phone_number_id = b.phone_number_id
  ) else (
    select jsonb_agg(jsonb_build_object('organization_id', t.organization_id, 'phone_number',
      f.phone_number, 'from', lower(t.held), 'until', upper(t.held), 'reason', t.release_reason)
      order by lower(t.held) desc)
    from phone_pool.tenures t join public.phone_numbers f on f.id = t.phone_number_id
    where t.organization_id = b.organization_id
  ) end as history,
  c.created_at as last_call_at,
  c.status as last_call_status,
  c.reason as last_call_reason,
  (
    select count(*) from phone_pool.intake_calls k
    where k.organization_id = b.organization_id and k.status <> 'refused'
      and k.created_at > phone_pool.clock() - interval '30 days'
  ) as calls_in_30_days,
  (
    select round(coalesce(sum(extract(epoch from k.talk_time)), 0) / 60, 2)
    from phone_pool.intake_calls k
    where k.organization_id = b.organization_id
      and k.created_at >= date_trunc('month', phone_pool.clock(), 'UTC')
  ) as minutes_this_month,
  (
    select jsonb_agg(jsonb_build_object('kind', a.kind, 'message', a.message, 'since', a.opened_at)
      order by a.id)
    from phone_pool.alerts a
    where a.closed_at is null
      and a.subject in (b.organization_id::text, b.phone_number, b.phone_number_id::text)
  ) as open_alerts,
  b.phone_number_id
from subjects b
left join public.organizations o on o.id = b.organization_id
left join phone_pool.number_requests w on w.organization_id = b.organization_id
left join lateral (
  -- One at most, found by its place: said so, the queue is not read through.
  select l.waiting_for, l.next_attempt_at from public.admin_waiting_organizations l
  where l.place = w.id limit 1
) q on true
left join phone_pool.lines l on l.phone_number_id = b.phone_number_id
left join lateral (
  select k.created_at, k.status, k.reason from phone_pool.intake_calls k
  where k.organization_id = b.organization_id
  order by k.created_at desc limit 1
) c on true;
comment on view public.admin_support_numbers is
  'Everything about one phone number or one organization. Read it with a filter.';
comment on column public.admin_support_numbers.phone_number is
  'E.164; null: the organization has no number of the pool.';
comment on column public.admin_support_numbers.organization_id is
  'Who has the number; null: nobody, see history.';
comment on column public.admin_support_numbers.subscription_status is
  'Of the organization: one of settings.inactive_statuses means that it has left.';
comment on column public.admin_support_numbers.situation is
  'Status of the number; for an organization without one: waiting, no number, or that it brought '
  'its own.';
comment on column public.admin_support_numbers.waiting_for is 'What has to come first.';
comment on column public.admin_support_numbers.quarantine_until is
  'Until when nobody else gets the number.';
comment on column public.admin_support_numbers.retire_reason is
  'Why the number is never assigned again.';
comment on column public.admin_support_numbers.calls_are_forwarded_to is
  'Where a call to the number goes, as Telnyx was last seen to have it; null: nowhere.';
comment on column public.admin_support_numbers.listed_name is
  'The name that the number shows, seen likewise; null: none.';
comment on column public.admin_support_numbers.history is
  'Who held the number, latest first; of an organization without one: which numbers it held.';
comment on column public.admin_support_numbers.calls_in_30_days is 'Calls that were not refused.';
comment on column public.admin_support_numbers.minutes_this_month is 'Minutes talked, UTC month.';
comment on column public.admin_support_numbers.open_alerts is
  'Alerts about this organization or number; null: none.';
comment on column public.admin_support_numbers.phone_number_id is 'Of public.phone_numbers.';
revoke all on public.admin_support_numbers from public, anon, authenticated, service_role;
grant select on public.admin_support_numbers to service_role;
