-- Who may execute what, in one list. PostgreSQL lets everybody execute a new function, and an older
-- project grants those in public to the roles of the Data API: all that is taken away here, and
-- opened by name, the workers' steps by their schema. Every migration ends with this file, so a
-- function that is not listed is closed.

revoke execute on all functions in schema phone_pool, phone_pool_worker
  from public, anon, authenticated, service_role;
grant execute on all functions in schema phone_pool_worker to service_role;
-- By row security and by the admin_* views, which ask with the rights of the role that reads them.
grant execute on function
  phone_pool.my_organizations(), phone_pool.may_call(uuid) to authenticated, service_role;
grant execute on function
  phone_pool.call_spending(timestamptz, timestamptz),
  phone_pool.chance_of_so_few(bigint, bigint, double precision, double precision),
  phone_pool.clock(), phone_pool.holder_at(text, timestamptz), phone_pool.is_own_phone(text),
  phone_pool.levels(), phone_pool.masked(text), phone_pool.phone_digits(text),
  phone_pool.shares_callees(uuid, uuid), phone_pool.spending(timestamptz, boolean)
  to service_role;

do $$
declare
  v_name text;
  v_function regprocedure;
begin
  foreach v_name in array array[
    'add_do_not_call', 'backfill_organizations', 'import_phone_number', 'offered_area_codes',
    'order_phone_numbers', 'phone_pool_step', 'record_consent', 'register_organization',
    'remove_do_not_call', 'replace_phone_number', 'request_phone_number', 'retire_phone_number',
    'revoke_consent', 'set_callback_number', 'unassign_phone_number'
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
