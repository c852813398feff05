-- Consent to intake calls: who gave it, when, how and for which number. With
-- settings.require_consent on, a call needs one that is not revoked. Never edited or deleted: a
-- consent is revoked, and given again as a new row.

create table phone_pool.consents (
  id bigint generated always as identity constraint consents_pkey primary key,
  organization_id uuid not null,
  patient_id uuid not null,
  phone_number text not null
    constraint consents_phone_numbers_are_e164 check (phone_number ~ '^\+[1-9][0-9]{6,14}$'),
  given_by text not null,
  method text not null constraint consents_method_is_known
    check (method in ('written', 'electronic', 'spoken', 'provided_number')),
  evidence text,
  given_at timestamptz not null,
  recorded_by text not null,
  recorded_at timestamptz not null,
  revoked_at timestamptz,
  revoke_reason text,
  constraint consents_are_revoked_for_a_reason
    check ((revoked_at is null) = (revoke_reason is null))
);
comment on table phone_pool.consents is
  'Consents to be called, revoked ones included. Patient data.';
comment on column phone_pool.consents.given_by is 'Who gave it: patient, or on whose behalf.';
comment on column phone_pool.consents.method is
  'provided_number: the patient gave the number to the organization for this purpose.';
comment on column phone_pool.consents.evidence is 'Where the proof lies: a form, a recording.';
create index consents_in_force
  on phone_pool.consents (organization_id, patient_id, phone_number) where revoked_at is null;
alter table phone_pool.consents enable row level security;
grant select on phone_pool.consents to service_role;

create function phone_pool.consent_for(
  p_organization_id uuid,
  p_patient_id uuid,
  p_phone_number text
)
returns bigint
language sql
set search_path = pg_catalog, pg_temp
as $$
  select c.id from phone_pool.consents c
  where c.organization_id = p_organization_id and c.patient_id = p_patient_id
    and c.phone_number = p_phone_number and c.revoked_at is null
    and c.given_at <= phone_pool.clock()
  order by c.given_at desc, c.id desc limit 1;
$$;
comment on function phone_pool.consent_for(uuid, uuid, text) is
  'The latest consent in force that allows to call the patient at this number, or null.';

create function public.record_consent(
  p_organization_id uuid,
  p_patient_id uuid,
  p_phone_number text,
  p_method text,
  p_given_at timestamptz,
  p_given_by text default 'patient',
  p_evidence text default null,
  p_recorded_by text default current_user
)
returns phone_pool.consents
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  v_now timestamptz := phone_pool.clock();
  v_consent phone_pool.consents;
begin
  if p_given_at > v_now then
    perform phone_pool.raise_error('invalid_request', 'p_given_at is in the future');
  elsif p_phone_number !~ '^\+[1-9][0-9]{6,14}$' then
    perform phone_pool.raise_error('invalid_request',
      'p_phone_number is in E.164 form, such as +12125550100');
  end if;
  insert into phone_pool.consents (organization_id, patient_id, phone_number, given_by, method,
    evidence, given_at, recorded_by, recorded_at)
  values (p_organization_id, p_patient_id, p_phone_number, p_given_by, p_method, p_evidence,
    p_given_at, p_recorded_by, v_now)
  returning * into v_consent;
  return v_consent;
end
$$;
comment on function public.record_consent(
  uuid, uuid, text, text, timestamptz, text, text, text) is
  'Records that the patient agreed, at p_given_at and by p_method, to intake calls at this number. '
  'Raises invalid_request. Security definer: service_role writes here by these functions only.';

create function public.revoke_consent(
  p_organization_id uuid,
  p_patient_id uuid,
  p_reason text,
  p_phone_number text default null
)
returns int
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  v_count int;
begin
  update phone_pool.consents c
  set revoked_at = phone_pool.clock(), revoke_reason = p_reason
  where c.organization_id = p_organization_id and c.patient_id = p_patient_id
    and c.revoked_at is null and (p_phone_number is null or c.phone_number = p_phone_number);
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function public.revoke_consent(uuid, uuid, text, text) is
  'The patient takes it back, for one number or (null) all. Returns how many consents ended. '
  'Security definer: see record_consent.';

-- Only its end may be added to what was recorded.
create trigger consents_refuse_rewrite before update on phone_pool.consents
  for each row when (
    old.revoked_at is not null
    or to_jsonb(old) - '{revoked_at,revoke_reason}'::text[]
      <> to_jsonb(new) - '{revoked_at,revoke_reason}'::text[]
  ) execute function phone_pool.tg_any__refuse('record_is_final');

create trigger consents_refuse_delete before delete on phone_pool.consents
  for each row execute function phone_pool.tg_any__refuse('record_is_final');

create trigger consents_refuse_truncate before truncate on phone_pool.consents
  for each statement execute function phone_pool.tg_any__refuse('record_is_final');
