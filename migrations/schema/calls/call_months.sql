-- Minutes talked, by organization and month, counted when they become known: the costs of a month
-- are not added up from a million calls.
--
-- A trigger adds what has changed. It can neither fail the call nor make it wait: whatever is in
-- its way (an error, another transaction at the same row), the month is noted to be counted again
-- from the calls, and the sweep does that.

create table phone_pool.call_months (
  organization_id uuid not null,
  month date not null constraint call_months_month_is_a_first check (extract(day from month) = 1),
  calls bigint not null default 0,
  talk_seconds numeric(16, 6) not null default 0,
  constraint call_months_pkey primary key (organization_id, month)
);
comment on table phone_pool.call_months is
  'Calls answered, and how long they lasted, by organization and month (UTC) of the call.';
comment on column phone_pool.call_months.organization_id is
  'No foreign key: what it has cost outlives the customer.';
create index call_months_by_month on phone_pool.call_months (month);
alter table phone_pool.call_months enable row level security;
grant select on phone_pool.call_months to service_role;

create table phone_pool.call_months_to_count (
  id bigint generated always as identity constraint call_months_to_count_pkey primary key,
  organization_id uuid not null,
  month date not null
);
comment on table phone_pool.call_months_to_count is 'Months to be counted again from the calls.';
alter table phone_pool.call_months_to_count enable row level security;
grant select on phone_pool.call_months_to_count to service_role;

create function phone_pool.month_of(p_at timestamptz)
returns date
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  select date_trunc('month', p_at at time zone 'UTC')::date;
$$;
comment on function phone_pool.month_of(timestamptz) is 'The first day of its month, UTC.';

create function phone_pool.tg_intake_calls__add_minutes()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '50ms'
as $$
declare
  v_month date := phone_pool.month_of(new.created_at);
  v_before interval := case when tg_op = 'UPDATE' then old.talk_time end;
begin
  insert into phone_pool.call_months as m (organization_id, month, calls, talk_seconds)
  values (new.organization_id, v_month,
    (new.talk_time is not null)::int - (v_before is not null)::int,
    coalesce(extract(epoch from new.talk_time), 0) - coalesce(extract(epoch from v_before), 0))
  on conflict on constraint call_months_pkey do update
    set calls = m.calls + excluded.calls, talk_seconds = m.talk_seconds + excluded.talk_seconds;
  return null;
exception when others then
  begin
    insert into phone_pool.call_months_to_count (organization_id, month)
    values (new.organization_id, v_month);
  exception when others then
    raise warning 'phone_pool could not count the minutes of a call: %', sqlerrm;
    perform phone_pool.raise_alert('call_minutes_late', sqlerrm, sqlstate);
  end;
  return null;
end
$$;
comment on function phone_pool.tg_intake_calls__add_minutes() is
  'Adds what a call has lasted to its month. Security definer: whoever ends a call.';

create trigger intake_calls_add_minutes after update on phone_pool.intake_calls
  for each row when (old.talk_time is distinct from new.talk_time)
  execute function phone_pool.tg_intake_calls__add_minutes();

create function phone_pool.count_call_month(p_organization_id uuid, p_month date)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Whoever ends a call of this month now waits 50 ms, and then leaves it to the next count.
  insert into phone_pool.call_months (organization_id, month) values (p_organization_id, p_month)
  on conflict on constraint call_months_pkey do nothing;
  perform from phone_pool.call_months m
  where m.organization_id = p_organization_id and m.month = p_month for update;
  update phone_pool.call_months m
  set calls = c.calls, talk_seconds = c.talk_seconds
  from (
    select count(i.talk_time) as calls,
      coalesce(sum(extract(epoch from i.talk_time)), 0) as talk_seconds
    from phone_pool.intake_calls i
    where i.organization_id = p_organization_id
      and i.created_at >= p_month::timestamp at time zone 'UTC'
      and i.created_at < (p_month + interval '1 month') at time zone 'UTC'
  ) c
  where m.organization_id = p_organization_id and m.month = p_month;
end
$$;
comment on function phone_pool.count_call_month(uuid, date) is
  'Counts a month again from the calls themselves.';

create function phone_pool.count_call_months()
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_month record;
  v_count int := 0;
begin
  for v_month in
    with taken as (
      delete from phone_pool.call_months_to_count d where d.id in (
        select t.id from phone_pool.call_months_to_count t order by t.id limit 500
        for update skip locked)
      returning d.organization_id, d.month
    )
    select distinct t.organization_id, t.month from taken t order by t.organization_id, t.month
  loop
    perform phone_pool.count_call_month(v_month.organization_id, v_month.month);
    v_count := v_count + 1;
  end loop;
  return v_count;
end
$$;
comment on function phone_pool.count_call_months() is
  'A step of the sweep: counts again what could not be added. Returns how many months.';
