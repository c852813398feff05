-- Intake calls: the row is the permit to dial and the audit log.
--
--   queued ─▶ dialing ─▶ answered ─▶ completed, voicemail, wrong_person
--                 └─────────┴──────▶ no_answer, busy, declined, blocked, failed, cancelled, unknown
--   refused: never dialled
--
-- A row has three parts. The decision (who asked, from, to, when, which rule refused) is written
-- once and never changes. The facts (what dialling, LiveKit and the agent told) are each written
-- once, in whatever order they arrive. status, reason and ended_at follow from the facts alone:
-- see call_outcome().

create function phone_pool.time_between(p_from timestamptz, p_to timestamptz)
returns interval
language sql
immutable
strict
set search_path = pg_catalog, pg_temp
as $$
  select greatest(p_to - p_from, interval '0');
$$;
comment on function phone_pool.time_between(timestamptz, timestamptz) is
  'Null if either is not known. Never negative: the two may come from different clocks.';

create table phone_pool.intake_calls (
  id uuid not null default gen_random_uuid() constraint intake_calls_pkey primary key,
  intake_id text not null
    constraint intake_calls_intake_id_is_a_token check (intake_id ~ '^[A-Za-z0-9_.:-]{1,64}$'),
  organization_id uuid,
  patient_id uuid,
  callee text,
  phone_number_id uuid
    constraint intake_calls_phone_number_exists references public.phone_numbers (id),
  caller_id text,
  status text not null
    constraint intake_calls_status_is_known check (status in ('queued', 'dialing', 'answered',
      'completed', 'voicemail', 'wrong_person', 'no_answer', 'busy', 'declined', 'blocked',
      'failed', 'cancelled', 'unknown', 'refused')),
  reason text,
  reason_detail text,
  metadata jsonb not null default '{}',
  request_hash text not null,
  requested_by text not null,
  request_id text,
  time_zone_source text constraint intake_calls_time_zone_source_is_known
    check (time_zone_source in
      ('request', 'area_code', 'unknown_area_code', 'area_code_and_claim')),
  local_times jsonb,
  consent_id bigint,
  retry_at timestamptz,
  retry_after_seconds int,
  agent_wait_seconds int not null default 6,
  room_name text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,

  dialing_at timestamptz,
  dispatch_id text,
  sip_call_id text,
  sip_call_id_full text,
  dial_failed_at timestamptz,
  dial_outcome text constraint intake_calls_dial_outcome_is_known
    check (dial_outcome in ('failed', 'busy', 'declined', 'blocked', 'no_answer')),
  dial_error text,
  dial_failure text,
  dial_sip_status int,
  dial_is_final boolean not null default false,
  redress_url text
    constraint intake_calls_redress_is_a_web_page
      check (redress_url ~ '^https?://\S+$' and length(redress_url) <= 400),
  dial_answered_at timestamptz,
  joined_at timestamptz,
  left_at timestamptz,
  left_reason int,
  left_sip_status text,
  room_finished_at timestamptz,
  answered_at timestamptz,
  reported_outcome text constraint intake_calls_reported_outcome_is_known
    check (reported_outcome in ('completed', 'voicemail', 'wrong_person', 'no_answer', 'busy',
      'declined', 'failed', 'cancelled')),
  reported_ended_at timestamptz,
  reported_at timestamptz,
  agent_left_at timestamptz,
  hang_up_at timestamptz,
  hang_up_reason text constraint intake_calls_hang_up_reason_is_known
    check (hang_up_reason in ('agent_left', 'max_call_minutes')),
  checked_at timestamptz,
  lost_at timestamptz,
  ended_at timestamptz,
  billed_usd numeric,

  ring_time interval generated always as (case
    when answered_at is not null
      then phone_pool.time_between(coalesce(joined_at, dialing_at), answered_at)
    when status in ('no_answer', 'busy', 'declined', 'cancelled')
      then phone_pool.time_between(joined_at, left_at)
    end) stored,
  talk_time interval generated always as
    (phone_pool.time_between(answered_at, coalesce(left_at, reported_ended_at))) stored,

  constraint intake_calls_keep_nothing_of_a_stranger check (case when reason = 'not_allowed'
    then coalesce(organization_id, patient_id) is null and callee is null and metadata = '{}'
    else organization_id is not null and patient_id is not null and callee is not null end),
  constraint intake_calls_callee_is_e164 check
    (callee ~ '^\+[1-9][0-9]{6,14}$' or status = 'refused'),
  constraint intake_calls_have_a_caller_id check
    (status = 'refused' or (caller_id is not null and phone_number_id is not null)),
  constraint intake_calls_end check
    ((status in ('queued', 'dialing', 'answered')) = (ended_at is null)),
  constraint intake_calls_end_for_a_reason check
    (status not in ('failed', 'refused', 'unknown') or reason is not null),
  constraint intake_calls_dial_failures_have_a_time check
    ((dial_outcome is null) = (dial_failed_at is null)),
  constraint intake_calls_sip_statuses_are_of_failures check
    (dial_sip_status is null or dial_sip_status between 300 and 699 and dial_outcome is not null),
  constraint intake_calls_are_final_by_an_outcome
    check (not dial_is_final or dial_outcome is not null),
  constraint intake_calls_hang_up_for_a_reason
    check ((hang_up_at is null) = (hang_up_reason is null)),
  constraint intake_calls_leave_for_a_reason check ((left_at is null) = (left_reason is null))
);
comment on table phone_pool.intake_calls is
  'Every intake call asked for: permit and audit log. Patient data: callee, patient_id, metadata.';
comment on column phone_pool.intake_calls.organization_id is
  'No foreign key: the record of a call outlives the customer. Null where somebody asked for an '
  'organization that is not theirs: a stranger writes into no clinic''s record.';
comment on column phone_pool.intake_calls.callee is
  'E.164; as it was given when the destination was refused.';
comment on column phone_pool.intake_calls.caller_id is 'The number that the patient sees, E.164.';
comment on column phone_pool.intake_calls.reason is
  'What refused it or why it ended so: an error code, or what LiveKit told.';
comment on column phone_pool.intake_calls.reason_detail is
  'What exactly refused it, in words for the caller.';
comment on column phone_pool.intake_calls.metadata is
  'What the caller of intake-calls wants the agent to know. Never sent to LiveKit; not kept of a '
  'refused call, which no agent reads.';
comment on column phone_pool.intake_calls.request_hash is
  'SHA-256 of the request: the same intake_id with another body is another request.';
comment on column phone_pool.intake_calls.requested_by is 'secret_key, or user:<id>.';
comment on column phone_pool.intake_calls.time_zone_source is
  'Where the time zones in local_times come from.';
comment on column phone_pool.intake_calls.local_times is
  'Local time of the decision in every time zone in which the patient may be.';
comment on column phone_pool.intake_calls.retry_at is 'When a refused call would be allowed.';
comment on column phone_pool.intake_calls.expires_at is 'After this the permit cannot be used.';
comment on column phone_pool.intake_calls.sip_call_id is 'LiveKit''s sip.callID: SCL_….';
comment on column phone_pool.intake_calls.sip_call_id_full is
  'LiveKit''s sip.callIDFull, the Call-ID of the SIP dialog: Telnyx''s record has the same. Null: '
  'not told, as of a call that was not answered.';
comment on column phone_pool.intake_calls.billed_usd is
  'What Telnyx charges for it; null: no record has come yet.';
comment on column phone_pool.intake_calls.dial_error is 'Error code of a call that failed to dial.';
comment on column phone_pool.intake_calls.dial_failure is 'What LiveKit said about it.';
comment on column phone_pool.intake_calls.dial_sip_status is
  'What the carrier answered to the INVITE that was refused: there was a call, and so it ended.';
comment on column phone_pool.intake_calls.dial_is_final is
  'LiveKit said for certain that there is no call: a SIP status, or a dial that cannot be used, '
  'such as one whose password the carrier refuses. Beside that the room tells nothing.';
comment on column phone_pool.intake_calls.redress_url is
  'Where the blocking network says that it can be contested (ATIS-1000099, RFC 8688).';
comment on column phone_pool.intake_calls.dial_answered_at is
  'When LiveKit said that the patient answered, if it could be waited for.';
comment on column phone_pool.intake_calls.joined_at is
  'LiveKit: the phone leg is in the room. It is dialling then, not answered.';
comment on column phone_pool.intake_calls.left_reason is 'LiveKit''s DisconnectReason.';
comment on column phone_pool.intake_calls.left_sip_status is
  'sip.callStatus when the phone leg left: dialing, ringing, automation, active, hangup.';
comment on column phone_pool.intake_calls.answered_at is
  'dial_answered_at, or else as the agent reported it: LiveKit sends no event for it.';
comment on column phone_pool.intake_calls.agent_left_at is
  'LiveKit: an agent left while the phone may have been up. Another one may have been there.';
comment on column phone_pool.intake_calls.hang_up_at is
  'When it was decided to hang up, before LiveKit was told to: by deleting the room.';
comment on column phone_pool.intake_calls.agent_wait_seconds is
  'settings.agent_wait_seconds when it was decided.';
comment on column phone_pool.intake_calls.lost_at is
  'LiveKit no longer knew the call and nobody had told how it ended.';
comment on column phone_pool.intake_calls.ring_time is
  'Until it was answered, or until it ended without an answer; null when that is not known.';
comment on column phone_pool.intake_calls.talk_time is
  'From the answer to the end; null, and never a guess, when either is not known.';
create unique index intake_calls_once_per_intake_id
  on phone_pool.intake_calls (intake_id, organization_id) where status <> 'refused';
create index intake_calls_by_intake_id on phone_pool.intake_calls (intake_id);
create index intake_calls_by_organization
  on phone_pool.intake_calls (organization_id, created_at);
create index intake_calls_by_patient
  on phone_pool.intake_calls (organization_id, patient_id, created_at) where status <> 'refused';
create index intake_calls_by_callee
  on phone_pool.intake_calls (organization_id, callee, created_at) where status <> 'refused';
create index intake_calls_by_time on phone_pool.intake_calls (created_at);
create index intake_calls_by_requester on phone_pool.intake_calls (requested_by, created_at);
create index intake_calls_by_phone_number
  on phone_pool.intake_calls (phone_number_id, created_at);
create index intake_calls_by_sip_call on phone_pool.intake_calls (sip_call_id_full)
  where sip_call_id_full is not null;
-- Of which the cost is only estimated.
create index intake_calls_not_billed on phone_pool.intake_calls (created_at) include (talk_time)
  where billed_usd is null and talk_time is not null;
create index intake_calls_under_way on phone_pool.intake_calls (organization_id, created_at)
  where status in ('queued', 'dialing', 'answered');
create index intake_calls_on_the_phone on phone_pool.intake_calls (organization_id, dialing_at)
  where dialing_at is not null and dial_failed_at is null and left_at is null
    and room_finished_at is null and lost_at is null;
create index intake_calls_failed_to_dial on phone_pool.intake_calls (dial_failed_at)
  where dial_failed_at is not null;
alter table phone_pool.intake_calls enable row level security;
grant select on phone_pool.intake_calls to service_role;

-- The record of a call is not rewritten: the decision never, and no row is deleted. The facts are
-- added by the functions that record them, each once.

create function phone_pool.tg_intake_calls__refuse_rewrite()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Not in WHEN: Postgres parses that anew for every statement.
  if old.status = 'refused' or (
      old.id, old.intake_id, old.organization_id, old.patient_id, old.callee, old.phone_number_id,
      old.caller_id, old.metadata, old.request_hash, old.requested_by, old.request_id,
      old.time_zone_source, old.local_times, old.consent_id, old.agent_wait_seconds,
      old.room_name, old.created_at, old.expires_at
    ) is distinct from (
      new.id, new.intake_id, new.organization_id, new.patient_id, new.callee, new.phone_number_id,
      new.caller_id, new.metadata, new.request_hash, new.requested_by, new.request_id,
      new.time_zone_source, new.local_times, new.consent_id, new.agent_wait_seconds,
      new.room_name, new.created_at, new.expires_at)
  then
    perform phone_pool.raise_error('record_is_final', 'update on intake_calls');
  end if;
  return new;
end
$$;
comment on function phone_pool.tg_intake_calls__refuse_rewrite() is 'Refuses to change a decision.';

create trigger intake_calls_refuse_rewrite before update on phone_pool.intake_calls
  for each row execute function phone_pool.tg_intake_calls__refuse_rewrite();

create trigger intake_calls_refuse_delete before delete on phone_pool.intake_calls
  for each row execute function phone_pool.tg_any__refuse('record_is_final');

create trigger intake_calls_refuse_truncate before truncate on phone_pool.intake_calls
  for each statement execute function phone_pool.tg_any__refuse('record_is_final');
