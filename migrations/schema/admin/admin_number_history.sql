-- Who held which number when, for the question "who called me on that day".

create view public.admin_number_history with (security_invoker = true) as
select
  n.phone_number,
  t.organization_id,
  o.name as organization_name,
  t.requested_at,
  lower(t.held) as held_from,
  upper(t.held) as held_until,
  t.release_reason,
  t.quarantine_until,
  t.resumed_at,
  (
    select count(*) from phone_pool.call_records c
    where c.tenure_id = t.id and c.kind = 'inbound' and c.started_at >= upper(t.held)
  ) as inbound_calls,
  (
    select count(distinct ours.callee_hash)
    from phone_pool.callees ours
    join phone_pool.callees theirs on theirs.callee_hash = ours.callee_hash
      and theirs.phone_number_id = t.phone_number_id
      and theirs.organization_id <> t.organization_id
      and theirs.tenure_id < t.id
    where ours.organization_id = t.organization_id and ours.first_called_at < lower(t.held)
  ) as shared_callees,
  n.status as number_status,
  n.retired_at,
  n.retire_reason,
  n.released_at,
  h.reason as override_reason,
  t.id as tenure_id
from phone_pool.tenures t
join public.phone_numbers n on n.id = t.phone_number_id
left join public.organizations o on o.id = t.organization_id
left join phone_pool.history_overrides h on h.id = t.override_id;
comment on view public.admin_number_history is
  'Who held which number, and when, for ever: one row a tenure.';
comment on column public.admin_number_history.held_until is
  'When it was given up; null: it is held.';
comment on column public.admin_number_history.quarantine_until is
  'Until when nobody else could have it.';
comment on column public.admin_number_history.retired_at is
  'Since when it is never assigned again.';
comment on column public.admin_number_history.override_reason is
  'Why this row was changed by hand; null: it was not.';
comment on column public.admin_number_history.organization_name is
  'Null: the organization has been deleted.';
comment on column public.admin_number_history.resumed_at is
  'The same organization took the number back within its quarantine.';
comment on column public.admin_number_history.inbound_calls is
  'Calls for the number after the organization had left, during the quarantine.';
comment on column public.admin_number_history.shared_callees is
  'How many people the organization had called before whom an earlier holder had called with this '
  'number. Above 0 only if no other number was free.';
revoke all on public.admin_number_history from public, anon, authenticated, service_role;
grant select on public.admin_number_history to service_role;
