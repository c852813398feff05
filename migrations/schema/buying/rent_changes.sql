-- How many numbers are rented and for how much a month, without reading all of them: planning asks
-- several times a run, and every choice of a number once.
--
-- A row a change: a number that comes, another price, a number that is gone at Telnyx or there
-- again. Only appended, so that nobody waits for anybody, and an open transaction that imports
-- numbers holds up no purchase; the sweep folds them into one row. What counts is the sum.

create table phone_pool.rent_changes (
  id bigint generated always as identity constraint rent_changes_pkey primary key,
  numbers bigint not null,
  monthly_cost numeric(14, 5) not null
);
comment on table phone_pool.rent_changes is
  'Numbers that came and went since the latest sweep, and the sum of those before: together, '
  'what is rented.';
comment on column phone_pool.rent_changes.numbers is 'How many more, or fewer.';
comment on column phone_pool.rent_changes.monthly_cost is
  'How much more, or less, the rent is, US dollars a month.';
alter table phone_pool.rent_changes enable row level security;
grant select on phone_pool.rent_changes to service_role;

create function phone_pool.fold_rent_changes()
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count int;
begin
  with taken as (
    delete from phone_pool.rent_changes c
    where c.id in (select l.id from phone_pool.rent_changes l for update skip locked)
    returning c.numbers, c.monthly_cost
  ),
  folded as (
    insert into phone_pool.rent_changes (numbers, monthly_cost)
    select sum(t.numbers), sum(t.monthly_cost) from taken t having count(*) > 0
  )
  select count(*) into strict v_count from taken;
  return v_count;
end
$$;
comment on function phone_pool.fold_rent_changes() is
  'A step of the sweep: makes one row of all. Returns of how many.';
