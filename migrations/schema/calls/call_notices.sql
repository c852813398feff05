-- A call has ended: the application is told, by ids only, and reads the rest itself.
--
--   Realtime    private channel phone-pool:<organization_id>, event intake_call_ended
--   webhook     settings.call_webhook_url, signed as https://www.standardwebhooks.com describes,
--               with the secret phone_pool_call_webhook_secret of Vault
--
-- Realtime is best effort. The webhook is a row, written with the end itself; it is posted at once,
-- and again by the sweep until an answer 2xx is seen. An end that turns out to have been another
-- one is told again: the receiver asks for the call each time.

do $$
begin
  if not exists (select from vault.secrets s where s.name = 'phone_pool_call_webhook_secret') then
    perform vault.create_secret(
      'whsec_' || encode(extensions.gen_random_bytes(32), 'base64'),
      'phone_pool_call_webhook_secret',
      'phone-pool: signs what is posted to settings.call_webhook_url.');
  end if;
end
$$;

create table phone_pool.call_notices (
  id bigint generated always as identity constraint call_notices_pkey primary key,
  call_id uuid not null,
  attempts int not null default 0,
  request_id bigint,
  posted_at timestamptz,
  next_attempt_at timestamptz not null,
  last_error text,
  acknowledged_at timestamptz,
  given_up_at timestamptz,
  created_at timestamptz not null,
  constraint call_notices_posted_before_acknowledged check
    (acknowledged_at is null or posted_at is not null),
  constraint call_notices_end_once check (num_nulls(acknowledged_at, given_up_at) > 0)
);
comment on table phone_pool.call_notices is
  'Ends of calls that are to be posted, and were posted, to settings.call_webhook_url.';
comment on column phone_pool.call_notices.call_id is
  'No foreign key: calls are never deleted, and that truncate is refused is theirs to say.';
comment on column phone_pool.call_notices.request_id is
  'Of pg_net, while its answer is awaited; null: to be posted.';
comment on column phone_pool.call_notices.given_up_at is 'After three days without one.';
create index call_notices_to_tell on phone_pool.call_notices (id)
  where acknowledged_at is null and given_up_at is null;
create index call_notices_by_age on phone_pool.call_notices (created_at);
alter table phone_pool.call_notices enable row level security;
grant select on phone_pool.call_notices to service_role;

create function phone_pool.post_call_notice(p_id bigint)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := phone_pool.clock();
  v_second bigint := floor(extract(epoch from v_now));
  v_secret text;
  v_body jsonb;
  v_signed text;
begin
  select jsonb_build_object('type', 'intake_call.ended', 'timestamp', v_now,
    'data', jsonb_build_object('call_id', c.id, 'intake_id', c.intake_id,
      'organization_id', c.organization_id))
  into strict v_body
  from phone_pool.call_notices n join phone_pool.intake_calls c on c.id = n.call_id
  where n.id = p_id;
  v_secret := phone_pool.vault_secret('phone_pool_call_webhook_secret');
  if v_secret is null then
    raise exception 'Vault has no secret named phone_pool_call_webhook_secret';
  end if;
  -- pg_net sends the body as jsonb prints it, so these are the bytes that arrive.
  v_signed := format('call_notice_%s.%s.%s', p_id, v_second, v_body);
  update phone_pool.call_notices n
  set attempts = n.attempts + 1, posted_at = v_now, request_id = net.http_post(
    url := (select s.call_webhook_url from phone_pool.settings s),
    body := v_body,
    headers := jsonb_build_object(
      'Content-Type', 'application/json', 'webhook-id', 'call_notice_' || p_id,
      'webhook-timestamp', v_second::text,
      'webhook-signature', 'v1,' || encode(extensions.hmac(convert_to(v_signed, 'UTF8'),
        decode(substr(v_secret, length('whsec_') + 1), 'base64'), 'sha256'), 'base64')),
    timeout_milliseconds := 5000)
  where n.id = p_id;
  return true;
exception when others then
  raise warning 'phone_pool could not post the end of a call: %', sqlerrm;
  update phone_pool.call_notices n
  set attempts = n.attempts + 1, last_error = left(sqlerrm, 200),
    next_attempt_at = v_now + phone_pool.backoff(n.attempts + 3, random())
  where n.id = p_id;
  perform phone_pool.raise_alert('call_notice_undelivered', left(sqlerrm, 200));
  return false;
end
$$;
comment on function phone_pool.post_call_notice(bigint) is
  'Has pg_net post the notice, signed, once this transaction commits. Returns whether; never '
  'fails.';

create function phone_pool.tg_intake_calls__tell_application()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := phone_pool.clock();
  v_id bigint;
begin
  begin -- On its own: a Realtime that fails must not take the webhook with it.
    if to_regprocedure('realtime.send(jsonb, text, text, boolean)') is not null then
      execute 'select realtime.send($1, $2, $3, true)'
      using jsonb_build_object('event', 'intake_call_ended', 'call_id', new.id,
          'intake_id', new.intake_id, 'organization_id', new.organization_id),
        'intake_call_ended', 'phone-pool:' || new.organization_id;
    end if;
  exception when others then
    raise warning 'phone_pool could not tell Realtime of the end of a call: %', sqlerrm;
    perform phone_pool.raise_alert('notice_failed', sqlerrm, sqlstate);
  end;
  if (select s.call_webhook_url from phone_pool.settings s) is not null then
    insert into phone_pool.call_notices (call_id, next_attempt_at, created_at)
    values (new.id, v_now, v_now) returning id into v_id;
    -- pg_net does nothing else while it waits: a receiver that fails is left to the sweep.
    if not exists (
      select from phone_pool.call_notices n
      where n.acknowledged_at is null and n.given_up_at is null and n.last_error is not null
    ) then
      perform phone_pool.post_call_notice(v_id);
    end if;
  end if;
  return null;
exception when others then
  raise warning 'phone_pool could not tell of the end of a call: %', sqlerrm;
  perform phone_pool.raise_alert('notice_failed', sqlerrm, sqlstate);
  return null;
end
$$;
comment on function phone_pool.tg_intake_calls__tell_application() is
  'Tells the application that a call has ended, or otherwise than it was told. Never fails the '
  'record of it. Security definer: the reporter has no rights on Realtime and Vault.';

create trigger intake_calls_tell_application after update on phone_pool.intake_calls
  for each row when (new.ended_at is not null and old.status <> new.status)
  execute function phone_pool.tg_intake_calls__tell_application();

create function phone_pool.deliver_call_notices()
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := phone_pool.clock();
  v_notice record;
  v_count int := 0;
begin
  for v_notice in
    select n.id, n.posted_at, n.attempts, r.id is not null as is_answered, r.status_code,
      coalesce(r.error_msg, 'HTTP ' || r.status_code, 'no answer') as problem
    from phone_pool.call_notices n
    left join net._http_response r on r.id = n.request_id
    where n.acknowledged_at is null and n.given_up_at is null and n.request_id is not null
    order by n.id limit 500
    for update of n skip locked
  loop
    if v_notice.status_code between 200 and 299 then
      update phone_pool.call_notices n set acknowledged_at = v_now, last_error = null
      where n.id = v_notice.id;
      perform phone_pool.close_alert('call_notice_undelivered');
      v_count := v_count + 1;
    elsif v_notice.is_answered or v_notice.posted_at < v_now - interval '5 minutes' then
      update phone_pool.call_notices n
      set request_id = null, last_error = left(v_notice.problem, 200),
        next_attempt_at = v_now + phone_pool.backoff(v_notice.attempts + 3, random())
      where n.id = v_notice.id;
      if v_notice.attempts >= 5 then
        perform phone_pool.raise_alert('call_notice_undelivered', format(
          '%s attempts: %s', v_notice.attempts, left(v_notice.problem, 200)));
      end if;
    end if;
  end loop;
  update phone_pool.call_notices n set given_up_at = v_now
  where n.acknowledged_at is null and n.given_up_at is null
    and n.created_at < v_now - interval '3 days';
  for v_notice in
    select n.id from phone_pool.call_notices n, phone_pool.settings s
    where n.acknowledged_at is null and n.given_up_at is null and n.request_id is null
      and n.next_attempt_at <= v_now and s.call_webhook_url is not null
    order by n.id limit 20
    for update of n skip locked
  loop
    v_count := v_count + phone_pool.post_call_notice(v_notice.id)::int;
  end loop;
  return v_count;
end
$$;
comment on function phone_pool.deliver_call_notices() is
  'A step of the sweep: looks at what became of the notices posted, and posts those whose turn has '
  'come, 20 at most. Returns how many were acknowledged or posted.';
