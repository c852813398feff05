create function pg_temp.spy() returns boolean language plpgsql as $$
begin
  raise warning 'spy ran as %', current_user;
  return true;
end
$$;
create function pg_temp.spy(pg_catalog.uuid, pg_catalog.uuid) returns pg_catalog.bool
language sql as 'select pg_temp.spy()';
create function pg_temp.spy(pg_catalog.text, pg_catalog.text) returns pg_catalog.bool
language sql as 'select pg_temp.spy()';
create function pg_temp.now() returns pg_catalog.timestamptz
language sql as 'select pg_catalog.now() from pg_temp.spy()';
create function pg_temp.clock_timestamp() returns pg_catalog.timestamptz
language sql as 'select pg_catalog.now() from pg_temp.spy()';
create function pg_temp.cardinality(pg_catalog.uuid[]) returns pg_catalog.int4
language sql as 'select 1 from pg_temp.spy()';
create function pg_temp.lower(pg_catalog.tstzrange) returns pg_catalog.timestamptz
language sql as 'select pg_catalog.now() from pg_temp.spy()';
create function pg_temp.upper_inf(pg_catalog.tstzrange) returns pg_catalog.bool
language sql as 'select pg_temp.spy()';
create operator pg_temp.= (
  leftarg = pg_catalog.uuid, rightarg = pg_catalog.uuid, function = pg_temp.spy);
create operator pg_temp.= (
  leftarg = pg_catalog.text, rightarg = pg_catalog.text, function = pg_temp.spy);
create operator pg_temp.<> (
  leftarg = pg_catalog.text, rightarg = pg_catalog.text, function = pg_temp.spy);

-- A type of the spy's own that turns into text by the spy.
create type pg_temp.pair as (a pg_catalog.int4);
create function pg_temp.spy(pg_temp.pair) returns pg_catalog.text
language sql as 'select $$spied$$::pg_catalog.text from pg_temp.spy()';
create cast (pg_temp.pair as pg_catalog.text) with function pg_temp.spy(pg_temp.pair)
  as implicit;

create function pg_temp.hide_spies(p_types pg_catalog.text[], p_relations pg_catalog.text[])
returns pg_catalog.void language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_name text;
begin
  foreach v_name in array p_relations loop
    execute format('create view pg_temp.%I as select pg_temp.spy() as spied', v_name);
    execute format('grant all on pg_temp.%I to public', v_name);
  end loop;
  foreach v_name in array p_types loop
    begin
      execute format('create domain pg_temp.%I as pg_catalog.%I check (pg_temp.spy())',
        v_name, v_name);
    exception when others then
      raise notice 'no domain over %: %', v_name, sqlerrm;
    end;
  end loop;
end
$$;
