-- A database that was restored into another project, or copied, holds numbers that the first
-- project goes on using, at the same Telnyx account. It cannot know that it is a copy; the Edge
-- Functions know, from outside of it, which project they belong to, and say so with each request
-- (x-phone-pool-project, see functions/_shared/database.ts). The database keeps the one it belongs
-- to in settings.project_ref, which a copy has copied.
--
-- Where the two differ nothing is bought, called, changed or given back at Telnyx or LiveKit: every
-- claim of such work asks here. Registering goes on, as it touches nothing outside.

create function phone_pool.is_own_project()
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_headers jsonb := nullif(current_setting('request.headers', true), '')::jsonb;
  v_asking text := nullif(v_headers ->> 'x-phone-pool-project', '');
  v_own text;
begin
  select s.project_ref into strict v_own from phone_pool.settings s;
  if v_own is null and v_asking ~ '^[a-z]{20}$' then
    update phone_pool.settings s set project_ref = v_asking where s.project_ref is null;
    return true;
  -- Without the Data API between: an operator's SQL editor, which reaches nothing outside.
  elsif v_headers is null or v_own is null or v_own = v_asking then
    perform phone_pool.close_alert('copied_database');
    return true;
  end if;
  perform phone_pool.raise_alert('copied_database', format(
    'the database belongs to project %s, and functions of %s ask: nothing is bought, called or '
    'given back', v_own, coalesce(v_asking, 'an unnamed project')));
  return false;
end
$$;
comment on function phone_pool.is_own_project() is
  'Whether the Edge Function that asks belongs to the project that settings.project_ref names; '
  'alerts copied_database when not. The first project that asks is written down.';
