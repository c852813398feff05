-- A world around the pool: a clock that stands still but for microseconds, a carrier that bills
-- numbers, clinics that come and go, patients that are called. Everything is drawn from one seed.

create schema sim;
create sequence sim.tick;
create sequence sim.telnyx_id start 1293384261075731499;
create sequence sim.line_number;

-- One microsecond a look, so that nothing ties and the order of things is that of the run.
create or replace function phone_pool.clock() returns timestamptz
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  return current_setting('sim.day')::timestamptz + nextval('sim.tick') * interval '1 microsecond';
end
$$;

-- Nobody listens: the world below does what the Edge Functions would do.
create or replace function phone_pool.nudge(p_function text) returns boolean
language sql as 'select true';

-- One organization a generation: a deleted one is followed by another in the same slot.
create table sim.clinics (
  slot int primary key,
  generation int not null default 0,
  organization_id uuid,
  state text not null default 'absent'
);
create table sim.organizations (organization_id uuid primary key, name text not null);
-- Who called whom with which number, in the clear: the pool knows only hashes.
create table sim.calls (organization_id uuid, phone_number text, patient int,
  primary key (phone_number, organization_id, patient));
create index on sim.calls (organization_id, patient);
create table sim.carrier (phone_number text primary key, telnyx_id text not null,
  reference uuid not null unique, is_billed boolean not null default true);
create table sim.counts (name text primary key, n bigint not null default 0);

-- In plpgsql, like the checks: it keeps its plans.
create function sim.count(p_name text) returns void language plpgsql as $$
begin
  insert into sim.counts values (p_name, 1) on conflict (name) do update set n = sim.counts.n + 1;
end
$$;

create function sim.chance(p double precision) returns boolean
language sql volatile as 'select random() < p';

create function sim.draw(p_below int) returns int
language sql volatile as 'select floor(random() * p_below)::int';

create function sim.fail(p_what text) returns void language plpgsql as $$
begin
  raise exception 'on %: %', current_setting('sim.day'), p_what;
end
$$;

-- Whether an earlier holder called with this number somebody whom the organization has called.
create function sim.shares(p_organization_id uuid, p_phone_number text) returns boolean
language sql stable as $$
  select exists (
    select from sim.calls theirs
    join sim.calls ours on ours.patient = theirs.patient and ours.organization_id = p_organization_id
    where theirs.phone_number = p_phone_number and theirs.organization_id <> p_organization_id);
$$;

-- Clinics of one town call the same 300 patients; there are ten towns.
create function sim.call_patient(p_slot int) returns void language plpgsql as $$
declare
  v_number public.phone_numbers;
  v_patient int := (p_slot % 10) * 1000 + sim.draw(300);
begin
  select n.* into v_number from sim.clinics c
  join public.phone_numbers n on n.organization_id = c.organization_id where c.slot = p_slot;
  if found then
    perform phone_pool.note_callee(v_number.id, '+1646' || (2000000 + v_patient));
    insert into sim.calls values (v_number.organization_id, v_number.phone_number, v_patient)
    on conflict do nothing;
    perform sim.count('calls to patients');
  end if;
end
$$;

create function sim.join_clinic(p_slot int) returns void language plpgsql as $$
declare
  v_id uuid;
begin
  insert into public.organizations (name, slug, subscription_status, settings)
  select 'Clinic', format('clinic-%s-%s', c.slot, c.generation + 1), 'active',
    case when sim.chance(0.2) then jsonb_build_object('area_code', (array['212', '415', '312'])[1 + sim.draw(3)]) end
  from sim.clinics c where c.slot = p_slot
  returning id into v_id;
  update sim.clinics c
  set organization_id = v_id, generation = generation + 1, state = 'active' where c.slot = p_slot;
  insert into sim.organizations
  select v_id, o.slug from public.organizations o where o.id = v_id;
  perform sim.count('joined');
end
$$;

create function sim.leave(p_slot int) returns void language plpgsql as $$
declare
  v_id uuid;
  v_way int := sim.draw(10);
begin
  select c.organization_id into v_id from sim.clinics c where c.slot = p_slot;
  if v_way < 5 then
    update public.organizations set subscription_status = 'canceled' where id = v_id;
    update sim.clinics set state = 'canceled' where slot = p_slot;
    perform sim.count('left by status');
  elsif v_way < 7 then
    perform public.unassign_phone_number(v_id, 'gave it up');
    update sim.clinics set state = 'without' where slot = p_slot;
    perform sim.count('left by release');
  else
    delete from public.organizations where id = v_id;
    update sim.clinics set state = 'absent', organization_id = null where slot = p_slot;
    perform sim.count('deleted');
  end if;
end
$$;

create function sim.come_back(p_slot int) returns void language plpgsql as $$
declare
  v_clinic sim.clinics;
  v_own text;
  v_got text;
begin
  select * into v_clinic from sim.clinics c where c.slot = p_slot;
  -- The number that it held last, if that still rests after it.
  select n.phone_number into v_own
  from phone_pool.tenures t join public.phone_numbers n on n.id = t.phone_number_id
  where t.organization_id = v_clinic.organization_id and n.status = 'suspended'
    and n.retired_at is null and n.suspended_until = t.quarantine_until and t.resumed_at is null
  order by t.id desc limit 1;
  if v_clinic.state = 'canceled' then
    update public.organizations set subscription_status = 'active'
    where id = v_clinic.organization_id;
  else
    perform public.request_phone_number(v_clinic.organization_id);
  end if;
  update sim.clinics set state = 'active' where slot = p_slot;
  select o.phone into v_got from public.organizations o where o.id = v_clinic.organization_id;
  if v_own is distinct from v_got and v_own is not null then
    perform sim.fail(format('%s came back for %s and got %s', p_slot, v_own, v_got));
  end if;
  perform sim.count(case when v_own is null then 'returned too late' else 'returned to its own' end);
end
$$;
