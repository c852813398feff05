-- Tells an Edge Function that there is work. Only a nudge: pg_net may lose it or deliver it twice,
-- and everything stays right; the sweep nudges again while work is due.
--
-- Vault holds two secrets: phone_pool_functions_url, such as
-- https://<ref>.supabase.co/functions/v1, and phone_pool_secret, which the functions know as
-- PHONE_POOL_SECRET.

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
  'A secret from Vault, or null. Security definer: the trigger runs for users who cannot read it.';

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
  perform net.http_post(
    url := v_url || '/' || p_function,
    body := jsonb_build_object('nudged_at', phone_pool.clock()),
    headers := jsonb_build_object(
      'Content-Type', 'application/json', 'Authorization', 'Bearer ' || v_secret),
    -- The function answers at once and works on; pg_net serves nobody else while it waits.
    timeout_milliseconds := 5000
  );
  perform phone_pool.close_alert('nudge_failed', p_function);
  return true;
exception when others then
  -- A nudge that cannot be sent must not undo the registration that wanted it.
  raise warning 'phone_pool could not nudge %: %', p_function, sqlerrm
    using hint = 'The sweep will try again. Set the Vault secrets that supabase/README.md names.';
  perform phone_pool.raise_alert('nudge_failed', sqlerrm, p_function);
  return false;
end
$$;
comment on function phone_pool.nudge(text) is
  'Asks pg_net to POST to the Edge Function p_function once this transaction commits. Returns '
  'whether it was asked; never fails, but leaves a warning and the alert nudge_failed. Security '
  'definer: reads Vault on behalf of whoever registers an organization.';

revoke execute on all functions in schema phone_pool from public;
