-- Who may execute what, in one list. PostgreSQL lets everybody execute a new function, and an older
-- project grants those in public to the roles of the Data API: all that is taken away here, and
-- opened by name. Every migration ends with this file, so a function that is not listed is closed.

revoke execute on all functions in schema phone_pool from public, anon, authenticated, service_role;
-- By row security and by the admin_* views, which ask with the rights of the role that reads them.
grant execute on function
  phone_pool.my_organizations(), phone_pool.may_call(uuid) to authenticated, service_role;
grant execute on function
  phone_pool.clock(), phone_pool.holder_at(text, timestamptz), phone_pool.is_own_phone(text),
  phone_pool.levels(), phone_pool.masked(text), phone_pool.month_of(timestamptz),
  phone_pool.phone_digits(text), phone_pool.shares_callees(uuid, uuid),
  phone_pool.spending(timestamptz, boolean)
  to service_role;

do $$
declare
  v_name text;
  v_function regprocedure;
begin
  foreach v_name in array array[
    'add_do_not_call', 'backfill_organizations', 'begin_reconciliation', 'buying_status',
    'choose_purchase_number', 'claim_calls_to_check', 'claim_lines', 'claim_number_releases',
    'claim_purchases', 'find_missing_numbers', 'finish_reconciliation', 'get_intake_call',
    'get_pool_health', 'hang_up_intake_call', 'heal_drift', 'import_do_not_call',
    'import_phone_number', 'import_phone_numbers', 'offered_area_codes', 'open_intake_call',
    'opt_out_intake_call', 'order_phone_numbers', 'process_livekit_event', 'process_telnyx_event',
    'read_intake_call', 'record_carrier_numbers', 'record_carrier_requests', 'record_consent',
    'record_drift_failure', 'record_intake_call', 'record_intake_call_lost', 'record_line',
    'record_line_failure', 'record_number_gone', 'record_number_release_failure',
    'record_purchase_failure', 'record_purchase_ordered', 'record_purchase_owned',
    'record_webhook_event', 'record_webhook_rejected', 'register_organization',
    'release_phone_number', 'release_purchase', 'remove_do_not_call', 'replace_phone_number',
    'report_intake_call', 'request_phone_number', 'retire_phone_number', 'revoke_consent',
    'run_planner', 'seconds_until_purchase_due', 'set_callback_number', 'start_intake_call'
  ] loop
    -- An error, should there be none or two of this name.
    v_function := ('public.' || v_name)::regproc;
    execute format('revoke execute on function %s from public, anon, authenticated', v_function);
    execute format('grant execute on function %s to service_role', v_function);
  end loop;
end
$$;
-- What a signed-in user may do beside reading the own number.
grant execute on function public.register_organization(jsonb), public.offered_area_codes()
  to authenticated;
