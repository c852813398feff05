-- What must be true after every event and after every day. Each check raises what it found.

-- For the checks only: the pool never asks for the last tenure of every number at once.
create index on phone_pool.tenures (phone_number_id, id);

-- Numbers given out since p_since (a tenure's id): rested long enough, and no shared patients while
-- another number was free.
create function sim.check_new_tenures(p_since bigint) returns void language plpgsql as $$
declare
  v_new record;
begin
  for v_new in
    select t.*, n.phone_number, n.area_code from phone_pool.tenures t
    join public.phone_numbers n on n.id = t.phone_number_id where t.id > p_since
  loop
    if exists (
      select from phone_pool.tenures e
      where e.phone_number_id = v_new.phone_number_id and e.id < v_new.id
        and e.organization_id <> v_new.organization_id
        and (upper_inf(e.held) or lower(v_new.held) < e.quarantine_until and e.resumed_at is null
          or lower(v_new.held) < upper(e.held) + interval '90 days')
    ) then
      perform sim.fail(v_new.phone_number || ' was given out before its quarantine was over');
    end if;
    if exists (select from phone_pool.tenures e
      where e.phone_number_id = v_new.phone_number_id and e.organization_id <> v_new.organization_id) then
      perform sim.count('numbers reused by another clinic');
    end if;
    if sim.shares(v_new.organization_id, v_new.phone_number) and v_new.not_before is null then
      perform sim.count('shared patients, nothing else free');
      if exists (select from public.phone_numbers n where n.status = 'available'
        and not sim.shares(v_new.organization_id, n.phone_number)) then
        perform sim.fail(v_new.phone_number || ' went to a clinic that calls the same patients');
      end if;
    elsif v_new.not_before is null and exists (
      select from public.phone_numbers n where n.status = 'available'
        and n.purchased_at < (select m.purchased_at from public.phone_numbers m where m.id = v_new.phone_number_id)
        and sim.shares(v_new.organization_id, n.phone_number)
    ) then
      perform sim.count('shared patients avoided');
    end if;
  end loop;
end
$$;

create function sim.check_tenures(p_since bigint) returns text language plpgsql stable as $$
begin
  return (
  select n.phone_number || ' is held twice' from phone_pool.tenures t
  join phone_pool.tenures e on e.phone_number_id = t.phone_number_id and e.id <> t.id
    and tstzrange(lower(t.held), coalesce(t.resumed_at, t.quarantine_until))
      && tstzrange(lower(e.held), coalesce(e.resumed_at, e.quarantine_until))
  join public.phone_numbers n on n.id = t.phone_number_id
  where t.id > p_since
  limit 1
  );
end
$$;

create function sim.check_bills() returns text language plpgsql stable as $$
begin
  return (
  with known as (
    select n.phone_number from public.phone_numbers n where n.status <> 'released'
    union all
    select n.phone_number from phone_pool.carrier_releases r
    join public.phone_numbers n on n.id = r.phone_number_id where r.gone_at is null
    union all
    select p.phone_number from phone_pool.purchases p where p.status in ('ordering', 'ordered')
  )
  select case
    when c.phone_number is null then k.phone_number || ' is known and not billed'
    else c.phone_number || ' is billed and unknown' end
  from known k
  full join (select * from sim.carrier where is_billed) c on c.phone_number = k.phone_number
  where (c.phone_number is null and not exists (
      -- Not ordered yet, or deleted and not heard of yet: the worker died in between.
      select from phone_pool.purchases p where p.phone_number = k.phone_number and p.status = 'ordering'
      union all
      select from phone_pool.carrier_releases r join public.phone_numbers n on n.id = r.phone_number_id
      where n.phone_number = k.phone_number and r.gone_at is null))
    or k.phone_number is null
  limit 1
  );
end
$$;

-- Every number costs a dollar a month: numbers and rent are the same figure.
create function sim.check_rent() returns text language plpgsql stable as $$
begin
  return (
  select format('%s numbers for %s are counted as rented, there are %s', i.numbers, i.cost, c.n)
  from (
    select sum(r.numbers) as numbers, sum(r.monthly_cost) as cost from phone_pool.rent_changes r
  ) i, (
    select count(*) filter (where n.status <> 'released')
      + (select count(*) from phone_pool.carrier_releases r where r.gone_at is null) as n
    from public.phone_numbers n
  ) c where coalesce(i.numbers, 0) <> c.n or coalesce(i.cost, 0) <> c.n
  );
end
$$;

create function sim.check_held() returns text language plpgsql stable as $$
begin
  return (
  select format('%s is %s, its tenure %s', n.phone_number, n.status, t)
  from public.phone_numbers n
  full join (select * from phone_pool.tenures where upper_inf(held)) t on t.phone_number_id = n.id
  left join public.organizations o on o.id = n.organization_id
  where (n.status = 'assigned' or t.id is not null) and not coalesce(
    n.status = 'assigned' and t.organization_id = n.organization_id
      and o.phone = n.phone_number and o.subscription_status = 'active'
      -- Held from when the application's row was written, a few looks at the clock later.
      and lower(t.held) between n.assigned_at and n.assigned_at + interval '1 second', false)
  limit 1
  );
end
$$;

create function sim.check_resting() returns text language plpgsql stable as $$
begin
  return (
  select format('%s is %s, its tenure %s', n.phone_number, n.status, t)
  from public.phone_numbers n
  left join lateral (
    select * from phone_pool.tenures t where t.phone_number_id = n.id order by t.id desc limit 1
  ) t on true
  where n.status = 'suspended' and not coalesce(t.quarantine_until = n.suspended_until
      and t.resumed_at is null and n.suspended_until > current_setting('sim.day')::timestamptz, false)
    or n.status = 'available' and (n.retired_at is not null
      or t.quarantine_until > current_setting('sim.day')::timestamptz + interval '1 hour')
  limit 1
  );
end
$$;

create function sim.check_clinics() returns text language plpgsql stable as $$
begin
  return (
  select format('%s is %s, has %s, waits %s', c.slot, c.state, o.phone, r.id)
  from sim.clinics c
  left join public.organizations o on o.id = c.organization_id
  left join phone_pool.number_requests r on r.organization_id = c.organization_id
  where c.state = 'active' and (o.phone is null) = (r.id is null)
    or c.state <> 'active' and (o.phone is not null or r.id is not null)
  union all
  select format('%s waits while a number is free', r.organization_id)
  from phone_pool.number_requests r
  where r.area_code is null and exists (select from public.phone_numbers n where n.status = 'available')
  limit 1
  );
end
$$;

create function sim.check_day(p_since bigint) returns void language plpgsql as $$
declare
  v_wrong text := coalesce(sim.check_tenures(p_since), sim.check_bills(), sim.check_rent(),
    sim.check_held(), sim.check_resting(), sim.check_clinics());
begin
  if v_wrong is not null then
    perform sim.fail(v_wrong);
  end if;
end
$$;
