-- Every decision about a call and what became of it, for admins and auditors. Numbers are masked
-- unless service_role reads: a look around in the SQL editor need not show patients' numbers.

create function phone_pool.masked(p_phone_number text)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select case when current_user = 'service_role' then p_phone_number
    else '…' || right(p_phone_number, 4) end;
$$;
comment on function phone_pool.masked(text) is
  'The number for service_role; its last four digits for everybody else.';

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
  c.dial_sip_status as sip_status,
  c.redress_url,
  c.retry_at,
  c.time_zone_source,
  c.local_times,
  c.consent_id,
  c.dialing_at,
  c.answered_at,
  c.ended_at,
  c.ring_time,
  c.talk_time,
  coalesce(c.billed_usd,
    extract(epoch from c.talk_time) / 60 * s.call_minute_cost_usd) as cost_usd,
  c.billed_usd is null and c.talk_time is not null as is_cost_estimated,
  c.sip_call_id,
  c.room_name,
  c.request_id,
  exists (
    select from phone_pool.do_not_call d
    where d.phone_number = c.callee and d.removed_at is null
      and (d.organization_id is null or d.organization_id = c.organization_id)
  ) as is_do_not_call
from phone_pool.intake_calls c
cross join phone_pool.settings s
left join public.organizations o on o.id = c.organization_id;
comment on view public.admin_intake_calls is
  'Every call asked for, refused ones included: who, from, to, when, by which local time, which '
  'rule refused it, what became of it. Numbers are masked unless service_role reads.';
comment on column public.admin_intake_calls.intake_id is
  'As the application named it, or a new one.';
comment on column public.admin_intake_calls.organization_id is 'For whom it was asked.';
comment on column public.admin_intake_calls.organization_name is
  'Null: the organization has been deleted.';
comment on column public.admin_intake_calls.patient_id is
  'Whom to call, as the application knows the patient.';
comment on column public.admin_intake_calls.requested_by is 'secret_key, or user:<id>.';
comment on column public.admin_intake_calls.requested_at is 'When it was asked for, and decided.';
comment on column public.admin_intake_calls.caller_id is 'The number that the patient sees.';
comment on column public.admin_intake_calls.status is
  'refused; queued, dialing, answered; or how it ended.';
comment on column public.admin_intake_calls.livekit_failure is
  'What LiveKit said when it could not be dialled, and what the carrier did.';
comment on column public.admin_intake_calls.sip_status is
  'What the carrier answered to the call, when it refused it.';
comment on column public.admin_intake_calls.redress_url is
  'Where a block can be contested, if the blocking network said so.';
comment on column public.admin_intake_calls.retry_at is 'When a refused call would be allowed.';
comment on column public.admin_intake_calls.time_zone_source is
  'How the time zones in local_times were known.';
comment on column public.admin_intake_calls.local_times is
  'Local time of the decision wherever the patient may be.';
comment on column public.admin_intake_calls.answered_at is
  'When the patient answered, as LiveKit told, or else the agent.';
comment on column public.admin_intake_calls.ring_time is 'How long it rang; null: not known.';
comment on column public.admin_intake_calls.talk_time is 'How long it lasted; null: not known.';
comment on column public.admin_intake_calls.cost_usd is
  'What Telnyx charges; until its record comes, talk_time at settings.call_minute_cost_usd.';
comment on column public.admin_intake_calls.sip_call_id is 'Its id at LiveKit.';
comment on column public.admin_intake_calls.room_name is 'Its room at LiveKit.';
comment on column public.admin_intake_calls.request_id is
  'Of the request to intake-calls, as in its log.';
comment on column public.admin_intake_calls.reason is
  'The rule that refused it, or why it ended so.';
comment on column public.admin_intake_calls.is_do_not_call is
  'Whether the number is on the do-not-call list now.';
revoke all on public.admin_intake_calls from public, anon, authenticated, service_role;
grant select on public.admin_intake_calls to service_role;
