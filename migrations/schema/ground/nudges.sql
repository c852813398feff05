-- Tells an Edge Function that there is work. Only a nudge: pg_net may lose it or deliver it twice,
-- and everything stays right; the sweep nudges again while work is due.
--
-- Vault holds two secrets: phone_pool_functions_url, such as
-- https://<ref>.supabase.co/functions/v1, and phone_pool_secret, which the functions know as
-- PHONE_POOL_SECRET.

create table phone_pool.nudges (
  request_id bigint not null constraint nudges_pkey primary key,
  function text not null,
  nudged_at timestamptz not null
);
comment on table phone_pool.nudges is 'Nudges whose answers are still to be looked at.';
comment on column phone_pool.nudges.request_id is 'Of pg_net: net._http_response.id.';
alter table phone_pool.nudges enable row level security;
grant select on phone_pool.nudges to service_role;

create function phone_pool.vault_secret(p_name text)
returns text
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select nullif(s.decrypted_secret, '') from vault.decrypted_secrets s where s.name = p_name;
$$;
comment on function phone_pool.vault_secret(text) is
  'A secret from Vault, or null. Security definer: the trigger runs for users who cannot read it. '
  'Raises what Vault raises, such as for a secret of another project.';

create function phone_pool.nudge(p_function text)
returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_url text;
  v_secret text;
begin
  v_url := phone_pool.vault_secret('phone_pool_functions_url');
  v_secret := phone_pool.vault_secret('phone_pool_secret');
  if v_url is null or v_secret is null then
    raise exception 'Vault has no secret named %', case
      when v_url is null then 'phone_pool_functions_url' else 'phone_pool_secret' end;
  end if;
  insert into phone_pool.nudges (request_id, function, nudged_at)
  select net.http_post(
    url := v_url || '/' || p_function,
    body := jsonb_build_object('nudged_at', phone_pool.clock()),
    headers := jsonb_build_object(
      'Content-Type', 'application/json', 'Authorization', 'Bearer ' || v_secret),
    -- The function answers at once and works on; pg_net serves nobody else while it waits.
    timeout_milliseconds := 5000
  ), p_function, phone_pool.clock()
  -- pg_net counts from 1 again after its tables were lost in a crash.
  on conflict on constraint nudges_pkey do update
  set function = excluded.function, nudged_at = excluded.nudged_at;
  return true;
exception when others then
  -- A nudge that cannot be sent must not undo the registration that wanted it.
  raise warning 'phone_pool could not nudge %: %', p_function, sqlerrm
    using hint = 'The sweep will try again. Set the Vault secrets that supabase/deploy.md names.';
  perform phone_pool.raise_alert('nudge_failed', sqlerrm, p_function);
  return false;
end
$$;
comment on function phone_pool.nudge(text) is
  'Asks pg_net to POST to the Edge Function p_function once this transaction commits. Returns '
  'whether it was asked; never fails, but leaves a warning and the alert nudge_failed. Security '
  'definer: reads Vault for the role that registers an organization.';

create function phone_pool.read_nudge_answers()
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_nudge record;
  v_count int := 0;
begin
  for v_nudge in
    delete from phone_pool.nudges n
    using (
      select l.request_id, r.id is not null as is_answered, r.status_code,
        coalesce(r.error_msg, 'HTTP ' || r.status_code, 'no answer') as problem
      from phone_pool.nudges l
      left join net._http_response r on r.id = l.request_id
      where r.id is not null or l.nudged_at < phone_pool.clock() - interval '5 minutes'
      order by l.nudged_at limit 500
      for update of l skip locked
    ) a
    where n.request_id = a.request_id
    returning n.function, n.nudged_at, a.is_answered, a.status_code, a.problem
  loop
    v_count := v_count + 1;
    if v_nudge.status_code between 200 and 299 then
      perform phone_pool.close_alert('nudge_failed', v_nudge.function);
    elsif v_nudge.is_answered then
      perform phone_pool.raise_alert('nudge_failed', v_nudge.problem, v_nudge.function);
    end if;
  end loop;
  return v_count;
end
$$;
comment on function phone_pool.read_nudge_answers() is
  'A step of the sweep: a nudge that was refused (401, 404) or not answered in time is an alert. '
  'Returns how many answers were read. One that pg_net has lost says nothing.';
