-- How many calls: to one patient, at one time, in a minute. Counted over intake_calls itself, never
-- further back than the limit. The permit counts with the organization's number locked, so that an
-- organization's own limits hold exactly; only calls_per_minute, over all organizations, may be
-- overshot by permits given at the very same moment.
--
-- A call counts if the phone may have rung or still may.

create table phone_pool.caller_requests (
  requested_by text constraint caller_requests_pkey primary key,
  recent timestamptz[] not null,
  last_at timestamptz not null
);
comment on table phone_pool.caller_requests is
  'When each signed-in user asked for calls in the last minute. A row a user: it is the lock too, '
  'by which the requests of one user wait for one another.';
comment on column phone_pool.caller_requests.recent is
  'The requests that counted, oldest first; never more than the limit.';
create index caller_requests_by_age on phone_pool.caller_requests (last_at);
alter table phone_pool.caller_requests enable row level security;
grant select on phone_pool.caller_requests to service_role;

create function phone_pool.count_request(p_requested_by text)
returns timestamptz
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_most int;
  v_now timestamptz;
  v_recent timestamptz[];
begin
  select s.requests_per_user_per_minute into strict v_most from phone_pool.settings s;
  insert into phone_pool.caller_requests as r (requested_by, recent, last_at)
  values (p_requested_by, '{}', phone_pool.clock())
  on conflict (requested_by) do update set last_at = excluded.last_at
  returning r.recent into v_recent;
  -- After the lock: time spent waiting for it must not count as passed.
  v_now := phone_pool.clock();
  v_recent := array(
    select t.at from unnest(v_recent) t (at)
    where t.at > v_now - interval '1 minute' order by t.at);
  if cardinality(v_recent) >= v_most then
    return v_recent[cardinality(v_recent) - v_most + 1] + interval '1 minute';
  end if;
  update phone_pool.caller_requests r
  set recent = v_recent || v_now, last_at = v_now
  where r.requested_by = p_requested_by;
  return null;
end
$$;
comment on function phone_pool.count_request(text) is
  'Counts a request of this user. Null, or when the user may ask again. Repetitions and refused '
  'requests count: they cost as well. The row stays locked until the transaction ends.';

create function phone_pool.patient_limit(
  p_organization_id uuid,
  p_patient_id uuid,
  p_callee text,
  p_now timestamptz
)
returns timestamptz
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_settings phone_pool.settings;
  v_retry_at timestamptz;
begin
  select * into strict v_settings from phone_pool.settings;
  with windows (size, most) as (values
    (interval '24 hours', v_settings.calls_per_patient_per_day),
    (interval '7 days', v_settings.calls_per_patient_per_week))
  select max(counted.created_at + w.size) into v_retry_at
  from windows w
  cross join lateral (
    (select c.created_at from phone_pool.intake_calls c
      where c.organization_id = p_organization_id and c.patient_id = p_patient_id
        and c.status <> 'refused' and (c.dialing_at is not null or c.status = 'queued')
        and c.dial_error is distinct from 'agent_unavailable'
        and c.created_at > p_now - w.size
      order by c.created_at desc offset w.most - 1 limit 1)
    union all
    (select c.created_at from phone_pool.intake_calls c
      where c.organization_id = p_organization_id and c.callee = p_callee
        and c.status <> 'refused' and (c.dialing_at is not null or c.status = 'queued')
        and c.dial_error is distinct from 'agent_unavailable'
        and c.created_at > p_now - w.size
      order by c.created_at desc offset w.most - 1 limit 1)
  ) counted;
  return v_retry_at;
end
$$;
comment on function phone_pool.patient_limit(uuid, uuid, text, timestamptz) is
  'Null, or when the organization may call this patient, or anybody at this number, again.';

create function phone_pool.is_in_call(
  p_organization_id uuid,
  p_patient_id uuid,
  p_callee text,
  p_now timestamptz
)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_settings phone_pool.settings;
begin
  select * into strict v_settings from phone_pool.settings;
  -- Bounded by time as well: a call whose end was lost, or a permit whose function died, must not
  -- keep the patient from being called for longer than it could have lasted.
  return exists (
    select from phone_pool.intake_calls c
    where c.organization_id = p_organization_id
      and c.dialing_at is not null and c.dial_failed_at is null and c.left_at is null
      and c.room_finished_at is null and c.lost_at is null
      and c.dialing_at > p_now - make_interval(
        mins => v_settings.max_call_minutes + 1, secs => v_settings.ringing_seconds)
      and (c.patient_id = p_patient_id or c.callee = p_callee)
  ) or exists (
    select from phone_pool.intake_calls c
    where c.organization_id = p_organization_id and c.status = 'queued'
      and c.expires_at > p_now
      and (c.patient_id = p_patient_id or c.callee = p_callee)
  );
end
$$;
comment on function phone_pool.is_in_call(uuid, uuid, text, timestamptz) is
  'Whether a call of this organization to this patient, or to anybody at this number, is about to '
  'be dialled or may be on the phone, by what LiveKit told: also after the agent reported its end.';

create function phone_pool.organization_limit(
  p_organization_id uuid,
  p_now timestamptz,
  out code text,
  out retry_at timestamptz
)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_settings phone_pool.settings;
begin
  select * into strict v_settings from phone_pool.settings;
  select 'rate_limited', max(recent.created_at) + interval '1 minute' into code, retry_at
  from (
    (select c.created_at from phone_pool.intake_calls c
      where c.organization_id = p_organization_id and c.status <> 'refused'
        and c.created_at > p_now - interval '1 minute'
      order by c.created_at desc
      offset v_settings.calls_per_organization_per_minute - 1 limit 1)
    union all
    (select c.created_at from phone_pool.intake_calls c
      where c.status <> 'refused' and c.created_at > p_now - interval '1 minute'
      order by c.created_at desc offset v_settings.calls_per_minute - 1 limit 1)
  ) recent;
  if retry_at is null and (
    select count(*) from phone_pool.intake_calls c
    where c.organization_id = p_organization_id
      and c.status in ('queued', 'dialing', 'answered')
  ) >= v_settings.calls_in_flight_per_organization then
    -- When one ends is not known; a ringing one ends first.
    code := 'too_many_calls_in_flight';
    retry_at := p_now + make_interval(secs => v_settings.ringing_seconds);
  end if;
  if retry_at is null then
    code := null;
  end if;
end
$$;
comment on function phone_pool.organization_limit(uuid, timestamptz) is
  'Nulls, or rate_limited or too_many_calls_in_flight and when to try again.';
