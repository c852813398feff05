-- Stand-in for pg_net 0.20.4, for a Postgres that has no such library: same schema, tables,
-- signatures, grants and errors. The requests themselves are sent by pg-net-worker.ts, which
-- listens on pg_net_wake: a notification, like the real wake-up, leaves only after the commit.

create schema if not exists net;

create domain net.http_method as text
  check (value ilike 'get' or value ilike 'post' or value ilike 'delete');

create unlogged table net.http_request_queue (
  id bigserial,
  method net.http_method not null,
  url text not null,
  headers jsonb,
  body bytea,
  timeout_milliseconds int not null
);

create unlogged table net._http_response (
  id bigint,
  status_code integer,
  content_type text,
  headers jsonb,
  content text,
  timed_out bool,
  error_msg text,
  created timestamptz not null default now()
);

create index on net._http_response (created);

create type net.request_status as enum ('PENDING', 'SUCCESS', 'ERROR');
create type net.http_response as (status_code integer, headers jsonb, body text);
create type net.http_response_result as (
  status net.request_status,
  message text,
  response net.http_response
);

create function net.wake() returns void
language sql
as $$
  select pg_catalog.pg_notify('pg_net_wake', '')
$$;

create function net.worker_restart() returns bool
language sql
as $$
  select pg_catalog.pg_notify('pg_net_restart', '') is not null
$$;

create function net.check_worker_is_up() returns void
language plpgsql
as $$
begin
  if not exists (
    select from pg_catalog.pg_stat_activity
    where application_name = 'pg_net worker' and datname = current_database()
  ) then
    raise exception 'the pg_net background worker is not up'
      using detail = 'the pg_net background worker is down due to an internal error and cannot '
          'process requests',
        hint = 'make sure that you didn''t modify any of pg_net internal tables';
  end if;
end
$$;

create function net.wait_until_running() returns void
language plpgsql
as $$
begin
  while not exists (
    select from pg_catalog.pg_stat_activity
    where application_name = 'pg_net worker' and datname = current_database()
  ) loop
    perform pg_catalog.pg_sleep(0.05);
    perform pg_catalog.pg_stat_clear_snapshot();
  end loop;
end
$$;

create function net._urlencode_string(string varchar) returns text
language sql immutable
as $$
  select coalesce(
    string_agg(
      case
        when chr(b.byte) ~ '[A-Za-z0-9._~-]' and b.byte < 128 then chr(b.byte)
        else '%' || upper(lpad(to_hex(b.byte), 2, '0'))
      end,
      '' order by b.position
    ),
    ''
  )
  from (
    select n as position, get_byte(convert_to(string, 'UTF8'), n) as byte
    from generate_series(0, octet_length(convert_to(string, 'UTF8')) - 1) as n
  ) as b
$$;

-- libcurl refuses a url without a scheme here already, inside the caller's statement; what it cannot
-- connect to (ftp, a host that is not there) fails later, in the worker.
create function net._encode_url_with_params_array(url text, params_array text[]) returns text
language plpgsql immutable
as $$
begin
  if url is null or params_array is null then
    return null;
  end if;
  if url !~ '^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]+' then
    raise exception '%', case when url = '' then 'Malformed input to a URL function' else 'Bad scheme' end;
  end if;
  if cardinality(params_array) = 0 then
    return url;
  end if;
  return url || case when strpos(url, '?') > 0 then '&' else '?' end
    || array_to_string(params_array, '&');
end
$$;

create function net._params_array(params jsonb) returns text[]
language sql immutable
as $$
  select coalesce(
    array_agg(net._urlencode_string(key) || '=' || net._urlencode_string(value)),
    '{}'
  )
  from jsonb_each_text(params)
$$;

create function net._enqueue(
  method text,
  url text,
  params jsonb,
  headers jsonb,
  body jsonb,
  timeout_milliseconds int
) returns bigint
language plpgsql
as $$
declare
  request_id bigint;
begin
  insert into net.http_request_queue (method, url, headers, body, timeout_milliseconds)
  values (
    _enqueue.method,
    net._encode_url_with_params_array(_enqueue.url, net._params_array(_enqueue.params)),
    _enqueue.headers,
    convert_to(_enqueue.body::text, 'UTF8'),
    _enqueue.timeout_milliseconds
  )
  returning id into request_id;

  perform net.wake();
  return request_id;
end
$$;

create function net.http_get(
  url text,
  params jsonb default '{}'::jsonb,
  headers jsonb default '{}'::jsonb,
  timeout_milliseconds int default 5000
) returns bigint
language sql
as $$
  select net._enqueue('GET', url, params, headers, null, timeout_milliseconds)
$$;

create function net.http_post(
  url text,
  body jsonb default '{}'::jsonb,
  params jsonb default '{}'::jsonb,
  headers jsonb default '{"Content-Type": "application/json"}'::jsonb,
  timeout_milliseconds int default 5000
) returns bigint
language plpgsql
as $$
declare
  content_type text := (
    select value
    from jsonb_each_text(coalesce(http_post.headers, '{}'::jsonb))
    where lower(key) = 'content-type'
    limit 1
  );
begin
  if content_type is null then
    headers := headers || '{"Content-Type": "application/json"}'::jsonb;
  elsif content_type <> 'application/json' then
    raise exception 'Content-Type header must be "application/json"';
  end if;
  return net._enqueue('POST', url, params, headers, body, timeout_milliseconds);
end
$$;

create function net.http_delete(
  url text,
  params jsonb default '{}'::jsonb,
  headers jsonb default '{}'::jsonb,
  timeout_milliseconds int default 5000,
  body jsonb default null
) returns bigint
language sql
as $$
  select net._enqueue('DELETE', url, params, headers, body, timeout_milliseconds)
$$;

create function net._await_response(request_id bigint) returns bool
language plpgsql
as $$
begin
  while not exists (select from net._http_response where id = request_id) loop
    perform pg_catalog.pg_sleep(0.05);
  end loop;
  return true;
end
$$;

create function net._http_collect_response(request_id bigint, async bool default true)
returns net.http_response_result
language plpgsql
as $$
declare
  rec net._http_response;
begin
  if not async then
    perform net._await_response(request_id);
  end if;

  select * into rec from net._http_response where id = request_id;

  if rec is null or rec.error_msg is not null then
    return (
      'ERROR',
      coalesce(rec.error_msg, 'request matching request_id not found'),
      null
    )::net.http_response_result;
  end if;

  return (
    'SUCCESS',
    'ok',
    (rec.status_code, rec.headers, rec.content)::net.http_response
  )::net.http_response_result;
end
$$;

-- As in 0.20.4: whoever can run SQL can read other people's requests. Keep secrets narrow.
grant usage on schema net to public;
grant all on all sequences in schema net to public;
grant all on all tables in schema net to public;
