-- Every error that phone-pool raises, in one place: a short code for programs, an SQLSTATE of its
-- own class for SQL callers, the HTTP status an Edge Function answers, what is wrong and what to
-- do.

create table phone_pool.errors (
  code text constraint errors_pkey primary key,
  sqlstate text not null constraint errors_sqlstate_is_unique unique
    constraint errors_sqlstate_is_of_our_class check (sqlstate ~ '^PP[0-9]{3}$'),
  status int not null constraint errors_status_is_an_http_error check (status between 400 and 599),
  message text not null,
  hint text not null
);
comment on table phone_pool.errors is 'Registry of the errors that phone-pool raises.';
comment on column phone_pool.errors.status is 'HTTP status of an Edge Function''s answer.';
alter table phone_pool.errors enable row level security;
grant select on phone_pool.errors to service_role;

insert into phone_pool.errors (code, sqlstate, status, message, hint) values
  ('organization_not_found', 'PP001', 404, 'Organization not found',
   'Check organization_id: there is no such row in public.organizations.'),
  ('no_phone_number', 'PP002', 400, 'Organization does not have a phone number assigned',
   'It is waiting for one: see admin_waiting_organizations, or call request_phone_number().'),
  ('not_allowed', 'PP003', 403, 'Not allowed to call for this organization',
   'Use the secret key, or a user of this organization (phone_pool.may_call).'),
  ('intake_id_reused', 'PP004', 409, 'This intake_id was used for another request',
   'Send the same body again, or a new intake_id.'),
  ('invalid_request', 'PP005', 422, 'The request is not valid', 'See the detail for the field.'),
  ('claim_lost', 'PP006', 409, 'The claim on this work is no longer held',
   'Another worker has it, or the lease ran out. Drop the work: the worker that holds it goes on.'),
  ('permit_expired', 'PP007', 409, 'The permit for this call is used or expired',
   'Ask for a new one: POST intake-calls with a new intake_id.'),
  ('phone_number_not_found', 'PP008', 404, 'Phone number not found',
   'Check the number, in E.164 form (+12125550100), against public.phone_numbers.'),
  ('phone_number_held', 'PP009', 409, 'This phone number is held by an organization',
   'Unassign it first: select unassign_phone_number(organization_id, reason).'),
  ('transition_refused', 'PP010', 409, 'A phone number does not change state this way',
   'Use request_phone_number, unassign_phone_number or retire_phone_number.'),
  ('history_is_final', 'PP011', 409, 'The history of a phone number is not rewritten',
   'Tenures are opened and closed by the functions only.'),
  ('organization_inactive', 'PP012', 409, 'The organization is not active',
   'Its subscription_status is in settings.inactive_statuses: reactivate it first.'),
  ('has_own_phone', 'PP013', 409, 'The organization has a phone number of its own',
   'To get one of the pool instead: request_phone_number(…, replace_own => true).'),
  ('phone_number_shown', 'PP014', 409, 'The number stands as the phone of an organization',
   'Import it with that organization_id, or take it out of organizations.phone first.'),
  ('phone_number_given_back', 'PP015', 409, 'The number was given back to Telnyx',
   'A released number does not come back to the pool: buy another.'),
  ('number_not_active', 'PP016', 409, 'The organization''s phone number is not active at Telnyx',
   'See admin_drift; replace_phone_number() gives the organization another.'),
  ('max_numbers_reached', 'PP020', 409, 'There is no room for another phone number',
   'Raise settings.max_numbers, or release numbers.'),
  ('budget_reached', 'PP021', 409, 'There is no budget for a phone number at this price',
   'Raise settings.monthly_budget_usd, or release numbers.'),
  ('price_too_high', 'PP022', 409, 'The number is too dear',
   'Raise settings.number_monthly_max_usd or number_upfront_max_usd, or buy elsewhere.'),
  ('quarantine_running', 'PP031', 409, 'The quarantine of this phone number is not over',
   'Wait for suspended_until. A mistake to put right: see phone_pool.break_glass().'),
  ('line_not_clear', 'PP032', 409, 'The line of this phone number is not clear',
   'Calls to it may still be put through for its former holder: see admin_lines.'),
  ('line_claim_lost', 'PP033', 409, 'The claim on this line is no longer held',
   'Another worker has it, or the lease ran out. Drop the work: its holder goes on.'),
  ('destination_not_allowed', 'PP040', 403, 'This destination is not allowed',
   'Only ordinary numbers in the United States are called.'),
  ('do_not_call', 'PP041', 403, 'This number is on the do-not-call list',
   'The patient asked not to be called: see phone_pool.do_not_call.'),
  ('consent_missing', 'PP042', 403, 'There is no consent on record for this call',
   'Record it with record_consent(), or turn settings.require_consent off.'),
  ('outside_calling_hours', 'PP043', 409, 'It is outside the calling hours where the patient is',
   'Call again at retry_at, or send the patient''s own time_zone.'),
  ('too_many_calls', 'PP044', 429, 'This patient was called as often as is allowed',
   'Call again at retry_at: settings.calls_per_patient_per_day and _per_week.'),
  ('too_many_calls_in_flight', 'PP045', 429, 'The organization has too many calls under way',
   'Wait until some end: settings.calls_in_flight_per_organization.'),
  ('rate_limited', 'PP046', 429, 'Too many requests',
   'Wait until retry_at: the *_per_minute settings.'),
  ('intake_call_not_found', 'PP047', 404, 'Intake call not found',
   'Use the intake_id of an earlier answer, with its organization_id, or the id of the call.'),
  ('outcome_unknown', 'PP048', 502, 'It is not known what became of this call',
   'Look at admin_intake_calls; to call again use a new intake_id.'),
  ('patient_in_call', 'PP055', 409, 'A call to this patient is under way',
   'Wait for its end: an organization makes one call to a patient at a time.'),
  ('wrong_isolation', 'PP056', 503, 'A call is permitted in a transaction at read committed only',
   'Begin it with: begin isolation level read committed. The Data API does so by itself.'),
  ('copied_database', 'PP060', 503, 'The database belongs to another project',
   'It was restored or copied: say which project it belongs to, see supabase/operate.md.'),
  ('record_is_final', 'PP049', 409, 'The record of a call is not rewritten',
   'Calls go on by what LiveKit and the agent report; nothing is edited or deleted.');

create function phone_pool.raise_error(p_code text, p_detail text default null)
returns void
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_error phone_pool.errors;
begin
  select * into strict v_error from phone_pool.errors e where e.code = p_code;
  raise exception using
    errcode = v_error.sqlstate,
    message = v_error.message,
    detail = coalesce(p_detail, ''),
    hint = v_error.hint;
end
$$;
comment on function phone_pool.raise_error(text, text) is
  'Raises the registered error p_code; p_detail says what exactly was wrong, without secrets or '
  'patient data. Security definer: triggers raise for every role.';

create function phone_pool.tg_any__refuse()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform phone_pool.raise_error(tg_argv[0], lower(tg_op) || ' on ' || tg_table_name);
  return null;
end
$$;
comment on function phone_pool.tg_any__refuse() is
  'Refuses what it stands before, with the registered error that the trigger names.';
