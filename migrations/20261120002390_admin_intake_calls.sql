-- Every decision about a call and what became of it, for admins and auditors. Numbers are masked
-- unless service_role reads: whoever looks around in the SQL editor need not see patients' numbers.

create function phone_pool.masked(p_phone_number text)
returns text
language sql
stable
security invoker
set search_path = ''
as $$
  select case when current_user = 'service_role' then p_phone_number
    else '…' || right(p_phone_number, 4) end;
$$;
comment on function phone_pool.masked(text) is
  'The number for service_role; its last four digits for everybody else.';
revoke execute on function phone_pool.masked(text) from public;
grant execute on function phone_pool.masked(text) to service_role;

create view public.admin_intake_calls with (security_invoker = true) as
select
  c.id,
  c.intake_id,
  c.organization_id,
  o.name as organization_name,
  c.patient_id,
  c.requested_by,
  c.created_at as requested_at,
  phone_pool.masked(c.caller_id) as caller_id,
  phone_pool.masked(c.callee) as callee,
  c.status,
  c.reason,
  c.dial_failure as livekit_failure,
  c.retry_at,
  c.time_zone_source,
  c.local_times,
  c.consent_id,
  c.dialing_at,
  c.answered_at,
  c.ended_at,
  c.ring_time,
  c.talk_time,
  c.sip_call_id,
  c.room_name,
  c.request_id,
  exists (
    select from phone_pool.do_not_call d
    where d.phone_number = c.callee and d.removed_at is null
      and (d.organization_id is null or d.organization_id = c.organization_id)
  ) as is_do_not_call
from phone_pool.intake_calls c
left join public.organizations o on o.id = c.organization_id;

comment on view public.admin_intake_calls is
  'Every call asked for, refused ones included: who, from, to, when, by which local time, which '
  'rule refused it, what became of it. Numbers are masked unless service_role reads.';
comment on column public.admin_intake_calls.reason is
  'The rule that refused it, or why it ended so.';
comment on column public.admin_intake_calls.is_do_not_call is
  'Whether the number is on the do-not-call list now.';
revoke all on public.admin_intake_calls from anon, authenticated;
grant select on public.admin_intake_calls to service_role;
