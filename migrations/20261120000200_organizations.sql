-- The application's own table. Created only where it is absent, never altered: a project that
-- already has organizations keeps its columns, comment, policies, grants and triggers.
--
-- What phone-pool reads: id, phone, settings->>'area_code', subscription_status, created_at.
-- What it writes: phone.

do $$
declare
  v_problems text;
begin
  if to_regclass('public.organizations') is null then
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
    return;
  end if;

  -- Refused now, with nothing changed yet, rather than found out by the first registration.
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
  ) p;
  if v_problems is not null then
    raise exception 'public.organizations does not fit: %', v_problems
      using hint = 'phone-pool never alters it: give it what is missing by your own migration.';
  end if;
end
$$;
