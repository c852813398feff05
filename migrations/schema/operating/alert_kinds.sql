-- Every kind of alert: how bad it is, what it means, where to read what to do, and when it is over.
-- An alert is over when the code that raised it has evidence (close_alert), or, where nothing can
-- prove that, when it was not raised again for over_after. A test holds this table against the
-- code.

create table phone_pool.alert_kinds (
  kind text constraint alert_kinds_pkey primary key,
  severity text not null constraint alert_kinds_severity_is_known
    check (severity in ('critical', 'warning', 'info')),
  what text not null,
  over_after interval constraint alert_kinds_are_over_later check (over_after > interval '0'),
  tells_message boolean not null default false,
  runbook text not null generated always as ('supabase/operate.md#' || kind) stored
);
comment on table phone_pool.alert_kinds is 'What each kind of alert means.';
comment on column phone_pool.alert_kinds.severity is
  'critical: clinics feel it now; warning: they will; info: somebody should look some day.';
comment on column phone_pool.alert_kinds.over_after is
  'Not raised again for so long, it is over; null: only evidence ends it.';
comment on column phone_pool.alert_kinds.tells_message is
  'Whether the message leaves the database with the alert: only where it is made of counts, '
  'settings and our own words. An error of somebody else''s may quote anything, a patient''s '
  'number too.';
comment on column phone_pool.alert_kinds.runbook is 'Section that says what to do.';
alter table phone_pool.alert_kinds enable row level security;
grant select on phone_pool.alert_kinds to service_role;

insert into phone_pool.alert_kinds (kind, severity, tells_message, over_after, what) values
  ('pool_empty', 'critical', true, null,
   'No number is available: new organizations have to wait.'),
  ('pool_low', 'warning', true, null,
   'Fewer numbers are available than settings.low_water.'),
  ('organization_waiting', 'critical', true, null,
   'Organizations have waited for a number for too long.'),
  ('purchase_failing', 'critical', false, '1 day',
   'Buying numbers at Telnyx fails, and trying again does not help.'),
  ('purchase_slow', 'warning', false, '1 hour',
   'An order at Telnyx has been pending for long.'),
  ('purchase_stuck', 'warning', false, '1 day',
   'An order at Telnyx has been pending for days: somebody must end it.'),
  ('price_too_high', 'critical', true, '1 day',
   'Telnyx sells only numbers that cost more than the settings allow.'),
  ('none_in_stock', 'warning', true, '1 day',
   'Telnyx has no number for sale where one is wanted.'),
  ('budget_near', 'warning', true, null,
   'What is committed this month is near settings.monthly_budget_usd, or what calls cost near '
   'settings.monthly_minutes_budget_usd.'),
  ('budget_reached', 'critical', true, null,
   'Numbers are wanted that settings.monthly_budget_usd does not allow this month.'),
  ('max_numbers_reached', 'critical', true, null,
   'Numbers are wanted that settings.max_numbers does not allow.'),
  ('churn_high', 'warning', true, null,
   'Far more organizations than usual leave, each with a number that has to rest.'),
  ('carrier_down', 'critical', true, '1 hour',
   'Telnyx does not answer, or answers with errors of its own.'),
  ('entries_skipped', 'info', true, '1 day',
   'Telnyx lists entries that are not as documented: they were skipped.'),
  ('number_gone', 'critical', true, null,
   'An organization holds a number that is not at Telnyx any more, and cannot call.'),
  ('number_held_back', 'warning', true, '1 day',
   'A number is kept out of the pool: an organization shows it, it cannot be written, or it is not '
   'active at Telnyx.'),
  ('line_not_applied', 'warning', true, null,
   'Whom a patient reaches who calls a number back, or the name that it shows, is at Telnyx not '
   'what it must be.'),
  ('callback_refused', 'warning', true, '10 minutes',
   'Patients are to be put through to a number that calls are not put through to.'),
  ('own_phone_cannot_call', 'warning', true, '1 day',
   'An organization with a phone of its own wanted to call, which it cannot.'),
  ('drift_found', 'warning', false, null,
   'What Telnyx bills and what the pool knows are not the same.'),
  ('reconciliation_implausible', 'critical', true, null,
   'Telnyx lists none of our numbers: the comparison was not believed.'),
  ('release_failing', 'warning', false, null,
   'A number cannot be given back to Telnyx and costs on.'),
  ('job_stalled', 'critical', true, null,
   'A job does not run although there is work for it.'),
  ('sweep_failing', 'critical', false, null,
   'A step of the sweep fails; the other steps are done.'),
  ('copied_database', 'critical', true, null,
   'The database was restored or copied into another project: nothing is bought, called or given '
   'back.'),
  ('nudge_failed', 'critical', false, '1 hour',
   'Postgres cannot call the Edge Functions.'),
  ('assignment_failed', 'critical', false, '2 hours',
   'An organization was registered, but giving it a number failed.'),
  ('churn_failed', 'warning', false, '2 hours',
   'An organization left, but taking back its number failed.'),
  ('webhook_rejected', 'warning', true, null,
   'Webhooks arrive that are not signed with the right key.'),
  ('webhook_failed', 'warning', false, '1 day',
   'A webhook of Telnyx or LiveKit could not be processed.'),
  ('calls_failing', 'critical', true, null,
   'Most calls fail before a patient could answer.'),
  ('call_without_permit', 'critical', true, '1 day',
   'A call was made from a number of ours that nobody has asked for here.'),
  ('attestation_low', 'warning', true, null,
   'Telnyx signs the calls from a number of ours with another attestation than A.'),
  ('records_missing', 'warning', true, null,
   'Telnyx has no records of calls that were made a day ago.'),
  ('number_losing_answers', 'warning', true, null,
   'Far fewer people than usual answer the calls from a number.'),
  ('callee_key_missing', 'warning', true, '1 day',
   'Vault lacks a key: clinics that call the same patients are not kept apart.'),
  ('callee_not_noted', 'info', false, '1 day',
   'It could not be noted whom a clinic has called.'),
  ('history_overridden', 'info', false, '1 day',
   'Somebody has changed the history of a number by hand.'),
  ('notice_failed', 'info', false, '1 day',
   'The application could not be told of something: a number assigned, a call ended.'),
  ('test', 'info', true, null,
   'A test: somebody has called phone_pool.test_alert().'),
  ('call_notice_undelivered', 'warning', true, '1 hour',
   'Ends of calls do not reach settings.call_webhook_url.'),
  ('alert_undelivered', 'warning', true, '1 hour',
   'Alerts do not reach settings.alert_webhook_url.');
