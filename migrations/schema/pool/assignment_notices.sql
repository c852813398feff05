-- An organization that had to wait has its number: the application is told, by ids only.
--
--   pg_notify   channel phone_pool
--   Realtime    private channel phone-pool:<organization_id>, event phone_number_assigned
--
-- Both are best effort, as notices are: who listens looks at the row as well, when it begins to
-- listen. An organization that gets its number while it is inserted never waited, so that nothing
-- here runs for it; NOTIFY would make all registrations commit one after the other.

create function phone_pool.tg_number_requests__tell_application()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_payload jsonb;
begin
  select jsonb_build_object('event', 'phone_number_assigned', 'organization_id', n.organization_id,
    'phone_number_id', n.id)
  into v_payload
  from public.phone_numbers n where n.organization_id = old.organization_id;
  -- One that left, or brought a number of its own, waits no longer either.
  if v_payload is null then
    return null;
  end if;
  perform pg_notify('phone_pool', v_payload::text);
  if to_regprocedure('realtime.send(jsonb, text, text, boolean)') is not null then
    execute 'select realtime.send($1, $2, $3, true)'
    using v_payload, 'phone_number_assigned', 'phone-pool:' || old.organization_id;
  end if;
  return null;
exception when others then
  raise warning 'phone_pool could not tell of an assignment: %', sqlerrm;
  perform phone_pool.raise_alert('notice_failed', sqlerrm, sqlstate);
  return null;
end
$$;
comment on function phone_pool.tg_number_requests__tell_application() is
  'Tells the application that an organization waits no longer because it has a number. At the end '
  'of the transaction, when the number is there; never fails it. Security definer: whoever serves '
  'the queue need not have rights on Realtime.';

create constraint trigger number_requests_tell_application after delete
  on phone_pool.number_requests
  deferrable initially deferred
  for each row execute function phone_pool.tg_number_requests__tell_application();

create function phone_pool.allow_realtime()
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if to_regclass('realtime.messages') is null or to_regprocedure('realtime.topic()') is null then
    return false;
  end if;
  drop policy if exists phone_pool_members_listen on realtime.messages;
  -- A topic of another shape is somebody else's.
  create policy phone_pool_members_listen on realtime.messages for select to authenticated
    using (case
      when (select realtime.topic()) ~ '^phone-pool:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
      then phone_pool.may_call(substr((select realtime.topic()), 12)::uuid)
      else false end);
  return true;
exception when insufficient_privilege then
  raise warning 'phone_pool could not allow members to listen: %', sqlerrm;
  return false;
end
$$;
comment on function phone_pool.allow_realtime() is
  'Lets signed-in users listen to the channel of their own organization (phone_pool.may_call). '
  'Returns whether this database has Realtime. Safe to repeat.';

do $$
begin
  perform phone_pool.allow_realtime();
end
$$;
