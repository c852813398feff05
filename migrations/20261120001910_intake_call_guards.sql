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

revoke execute on all functions in schema phone_pool from public;
