-- The steps of the workers (Edge Functions, commands): phone_pool_worker holds one function for
-- each, and the application's public but one door to them. So the Data API needs no further schema
-- in its list of exposed ones: that list is the application's, and a `supabase config push` of its
-- own that forgot ours would take every clinic's calls down.
--
-- The door has no rights of its own: what is called is checked as if the caller had named it. It
-- turns JIT off for all of them.

create schema phone_pool_worker;
comment on schema phone_pool_worker is
  'Steps of the workers, for service_role alone: Edge Functions call them by phone_pool_step.';
grant usage on schema phone_pool_worker to service_role;

create function public.phone_pool_step(p_step text, p_arguments jsonb default '{}')
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
set jit = off
-- PostgREST begins its transaction with it, whatever the database's default is.
set default_transaction_isolation = 'read committed'
as $$
declare
  v_step pg_proc;
  v_names text[];
  v_result jsonb;
begin
  select p.* into v_step from pg_proc p
  where p.pronamespace = 'phone_pool_worker'::regnamespace and p.proname = p_step;
  -- Behind the arguments come the columns of the result.
  v_names := coalesce(v_step.proargnames[:v_step.pronargs], '{}');
  -- As the Data API refuses a function that is not there or does not take what it is given.
  if v_step.oid is null
    or exists (select from jsonb_object_keys(p_arguments) k where k <> all (v_names))
  then
    raise invalid_parameter_value using
      message = format('no worker step %I takes (%s)', left(p_step, 63),
        (select string_agg(k, ', ' order by k) from jsonb_object_keys(p_arguments) k)),
      hint = 'Edge Functions and database are of different releases: run the deployment again.';
  end if;

  -- An argument that is not given has its default; a row that is null is null, no row of nulls.
  execute format(
    'select case when $2 then coalesce(jsonb_agg(to_jsonb(r)), %L)
       else jsonb_agg(case when r is null then null else to_jsonb(r) end) -> 0 end
     from jsonb_to_record($1) as a (_ text%s), phone_pool_worker.%I(%s) r',
    '[]',
    (select string_agg(format(', %I %s', a.name, format_type(a.type, null)), '')
     from unnest(v_names, v_step.proargtypes::oid[]) as a (name, type)
     where p_arguments ? a.name),
    p_step,
    (select string_agg(format('%1$I => a.%1$I', a.name), ', ')
     from unnest(v_names) as a (name) where p_arguments ? a.name))
    into v_result using p_arguments, v_step.proretset;
  return v_result;
end
$$;
comment on function public.phone_pool_step(text, jsonb) is
  'Calls a worker''s step by its name, with arguments by name, and returns its result as JSON: '
  'rows are an array. The caller needs the right to execute the step. Raises 22023 where no step '
  'of that name takes those arguments, and what the step raises.';
