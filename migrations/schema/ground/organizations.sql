-- The application's own table. Created only where it is absent, never altered: a project that
-- already has organizations keeps its columns, comment, policies, grants and triggers.
--
-- What phone-pool reads: id, phone, subscription_status, created_at, and of settings area_code,
-- callback_number and caller_name.
-- What it writes: phone, numbers in E.164 form and null; settings, when set_callback_number() is
-- called.
--
-- A table that does not fit is refused now, with nothing changed yet, rather than found out by the
-- first registration. The deployment runs this file as its check, too, and undoes it.

do $$
begin
  if to_regclass('public.organizations') is not null then
    return;
  end if;
  create table public.organizations (
    id uuid not null default gen_random_uuid() constraint organizations_pkey primary key,
    name text not null,
    slug text not null constraint organizations_slug_is_unique unique,
    phone text null,
    settings jsonb null,
    subscription_status text null,
    created_at timestamptz not null default now()
  );
  comment on table public.organizations is 'The clinics. Owned by the application.';
  alter table public.organizations enable row level security;
  grant select, insert, update, delete on public.organizations to service_role;
end
$$;

do $$
declare
  v_problems text;
begin
  select string_agg(p.problem, '; ') into v_problems
  from (
    select case
      when a.attname is null then format('column %s is missing', w.name)
      when not format_type(a.atttypid, null) = any (w.types)
        then format('column %s is %s, not %s', w.name, format_type(a.atttypid, null), w.types[1])
      end as problem
    from (values
      ('id', array['uuid']),
      ('phone', array['text', 'character varying']),
      ('settings', array['jsonb']),
      ('subscription_status', array['text', 'character varying']),
      ('created_at', array['timestamp with time zone', 'timestamp without time zone'])
    ) w (name, types)
    left join pg_attribute a on a.attrelid = 'public.organizations'::regclass
      and a.attname = w.name and not a.attisdropped
    union all
    select 'id is not unique' where not exists (
      select from pg_index i
      join pg_attribute a on a.attrelid = i.indrelid and i.indkey::text = a.attnum::text
      where i.indrelid = 'public.organizations'::regclass and a.attname = 'id'
        and i.indisunique and i.indisvalid and i.indpred is null
    )
    union all
    select format('%s does not let two organizations have no phone', i.indexrelid::regclass)
    from pg_index i
    join pg_attribute a on a.attrelid = i.indrelid and i.indkey::text = a.attnum::text
    where i.indrelid = 'public.organizations'::regclass and a.attname = 'phone'
      and i.indisunique and i.indnullsnotdistinct
  ) p;
  if v_problems is not null then
    raise exception 'public.organizations does not fit: %', v_problems
      using hint = 'phone-pool never alters it: give it what is missing by your own migration.';
  end if;
end
$$;

-- Types do not tell enough (a default, a length, a check, a trigger that formats): what will be
-- done is tried on two organizations without a number of the pool, and undone.
do $$
#variable_conflict use_variable
declare
  v_columns text;
  v_values text;
  v_id uuid;
  v_ids uuid[];
  v_numbers text[];
  v_write record;
  v_found text;
  v_problem text;
  v_count int;
  v_column text;
  v_constraint text;
begin
  select null::int as nth, null::text as phone into strict v_write;
  begin
    -- Also what is otherwise looked at when the transaction ends.
    set constraints all immediate;
    execute 'select array(select o.id from public.organizations o'
      || case when to_regclass('public.phone_numbers') is not null then ' where not exists (select '
        'from public.phone_numbers n where n.organization_id = o.id)' else '' end
      || ' limit 2 for update skip locked)' into strict v_ids;
    -- Too few: others are inserted, with something in each column that must have a value, and as
    -- such that have left, because these get no number where phone-pool is installed already.
    select string_agg(quote_ident(a.attname), ', '), string_agg(case
        when a.attname = 'subscription_status' then quote_literal('canceled')
        when a.attname = 'phone' then quote_literal('')
        when t.oid = 'uuid'::regtype then 'gen_random_uuid()'
        when t.typcategory = 'S' then 'left(gen_random_uuid()::text, 8)'
        when t.typcategory = 'N' then '0'
        when t.typcategory = 'B' then 'false'
        when t.typcategory = 'D' then 'now()'
        when t.typcategory = 'E' then (select quote_literal(e.enumlabel) from pg_enum e
          where e.enumtypid = t.oid order by e.enumsortorder limit 1)
        else quote_literal('{}') end, ', ')
    into strict v_columns, v_values
    from pg_attribute a
    join pg_type t on t.oid = a.atttypid
    where a.attrelid = 'public.organizations'::regclass and a.attnum > 0 and not a.attisdropped
      and a.attidentity = '' and a.attgenerated = ''
      and ((a.attnotnull and not a.atthasdef) or a.attname = 'subscription_status');
    while cardinality(v_ids) < 2 loop
      begin
        execute format('insert into public.organizations (%s) values (%s) returning id',
          v_columns, v_values) into strict v_id;
      exception when others then
        exit;
      end;
      v_ids := v_ids || v_id;
    end loop;

    v_numbers := array(
      select l.phone from generate_series(100, 199) k, lateral (select '+12015550' || k as phone) l
      where not exists (select from public.organizations o where o.phone = l.phone)
      order by k limit 3);
    for v_write in
      select w.nth, w.phone from (values (1, null), (2, null), (1, v_numbers[1]), (2, v_numbers[2]),
        (1, v_numbers[3]), (1, null), (2, null)) w (nth, phone)
      where w.nth <= cardinality(v_ids)
    loop
      update public.organizations o set phone = v_write.phone where o.id = v_ids[v_write.nth];
      get diagnostics v_count = row_count;
      select o.phone into v_found from public.organizations o where o.id = v_ids[v_write.nth];
      if v_count = 0 then
        v_problem := 'an update of phone changes no row: let the triggers and rules pass it';
      elsif v_found is distinct from v_write.phone then
        v_problem := format('phone was written as %s and reads %s: let it stand as it is written, '
          'and format it where it is shown', coalesce(v_write.phone, 'null'),
          coalesce('''' || v_found || '''', 'null'));
      end if;
      exit when v_problem is not null;
    end loop;
    raise exception using errcode = 'PP000', message = 'undone';
  exception
    when sqlstate 'PP000' then
      null;
    when lock_not_available then
      raise;
    when others then
      get stacked diagnostics v_column = column_name, v_constraint = constraint_name;
      v_problem := case
        when sqlstate = '23502' and v_column = 'phone' then 'phone cannot be null: alter table '
          'public.organizations alter column phone drop not null, alter column phone drop default'
        when sqlstate = '22001' then 'phone is too short for +12015550100: alter table '
          'public.organizations alter column phone type text'
        when sqlstate = '428C9' then 'phone is a generated column: let it be an ordinary one'
        when sqlstate = '23514' then format('the check %s refuses %s: let it pass numbers such as '
          '+12015550100, and null', v_constraint, coalesce(v_write.phone, 'null'))
        when sqlstate = '23505' then format('%s does not let two organizations have %s',
          v_constraint, case when v_write.phone is null
            then 'no phone: unique, but not nulls not distinct'
            else 'different phones' end)
        else format('phone cannot be written: %s (%s)', sqlerrm, sqlstate) end;
  end;
  -- For the deployment, which asks in the same transaction.
  perform set_config('phone_pool.tried_rows', cardinality(v_ids)::text, true);
  if v_problem is not null then
    raise exception 'public.organizations does not fit: %', v_problem
      using hint = 'phone-pool never alters it: change it by your own migration.';
  end if;
end
$$;
