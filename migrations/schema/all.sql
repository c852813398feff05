-- The schema, in the order in which it is built: what is used when an object is made comes before
-- it. Function bodies may use what is later. What each wing is: README.md, beside this file.

-- ground
\ir ground/schema.sql
\ir ground/worker_steps.sql
\ir ground/organizations.sql
\ir ground/errors.sql
\ir ground/area_codes.sql
\ir ground/settings.sql
\ir ground/phone_digits.sql
\ir ground/heartbeats.sql
\ir ground/alerts.sql
\ir ground/own_project.sql
\ir ground/nudges.sql
\ir ground/webhook_events.sql
\ir ground/users.sql

-- buying
\ir buying/purchases.sql

-- pool
\ir pool/phone_numbers.sql
\ir pool/tenures.sql
\ir pool/number_requests.sql
\ir pool/callees.sql
\ir pool/resume.sql
\ir pool/take_in.sql
\ir pool/assign.sql
\ir pool/queue.sql
\ir pool/registration.sql
\ir pool/shown_phone.sql
\ir pool/for_applications.sql
\ir pool/import.sql
\ir pool/backfill.sql
\ir pool/offered_area_codes.sql
\ir pool/assignment_notices.sql
\ir pool/callback_number.sql
\ir pool/history.sql

-- leaving
\ir leaving/leave.sql
\ir leaving/return.sql
\ir leaving/replace.sql
\ir leaving/retire.sql
\ir leaving/inbound_calls.sql
\ir leaving/carrier_releases.sql
\ir leaving/number_sweep.sql
\ir leaving/release_worker.sql

-- buying
\ir buying/rent_changes.sql
\ir buying/planner.sql
\ir buying/plan.sql
\ir buying/forecast.sql
\ir buying/order_phone_numbers.sql
\ir buying/purchase_worker.sql
\ir buying/purchase_progress.sql
\ir buying/purchase_failures.sql
\ir buying/widen_area_codes.sql
\ir buying/buying_status.sql

-- carrier
\ir carrier/carrier_requests.sql
\ir carrier/telnyx_events.sql
\ir carrier/reconciliations.sql
\ir carrier/find_drifts.sql
\ir carrier/reconcile.sql
\ir carrier/heal_drifts.sql
\ir carrier/lines.sql
\ir carrier/line_worker.sql

-- calls
\ir calls/do_not_call.sql
\ir calls/consents.sql
\ir calls/calling_hours.sql
\ir calls/call_limits.sql
\ir calls/refused_area_codes.sql
\ir calls/destinations.sql
\ir calls/intake_calls.sql
\ir calls/call_outcome.sql
\ir calls/open_intake_call.sql
\ir calls/read_intake_call.sql
\ir calls/dial_intake_call.sql
\ir calls/call_reports.sql
\ir calls/opt_out.sql
\ir calls/close_lost_calls.sql
\ir calls/call_notices.sql

-- carrier
\ir carrier/call_records.sql
\ir carrier/match_call_records.sql

-- operating
\ir operating/process_webhooks.sql
\ir operating/sweep.sql
\ir operating/alert_kinds.sql
\ir operating/watch_pool.sql
\ir operating/watch_records.sql
\ir operating/alert_notices.sql
\ir operating/housekeeping.sql

-- admin
\ir admin/admin_alerts.sql
\ir admin/admin_drift.sql
\ir admin/admin_intake_calls.sql
\ir admin/admin_jobs.sql
\ir admin/admin_lines.sql
\ir admin/admin_lists.sql
\ir admin/admin_metrics.sql
\ir admin/admin_number_health.sql
\ir admin/admin_number_history.sql
\ir admin/admin_organization_costs.sql
\ir admin/admin_pool_health.sql
\ir admin/metrics.sql
\ir admin/admin_spending.sql
\ir admin/admin_support_numbers.sql

\ir access.sql

\ir attach.sql
