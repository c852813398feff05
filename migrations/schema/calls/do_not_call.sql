-- Who must not be called. A "stop" counts from the moment it is recorded: the permit looks here
-- under the same lock under which it is written, and looks again when dialling starts.
-- Kept for five years, 47 CFR 64.1200(d)(6); lifted only by remove_do_not_call(), never deleted.

create table phone_pool.do_not_call (
  id bigint generated always as identity constraint do_not_call_pkey primary key,
  organization_id uuid,
  phone_number text not null
    constraint do_not_call_phone_numbers_are_e164 check (phone_number ~ '^\+[1-9][0-9]{6,14}$'),
  reason text not null,
  source text not null constraint do_not_call_source_is_known
    check (source in ('patient', 'agent', 'admin', 'import')),
  recorded_by text not null,
  recorded_at timestamptz not null,
  expires_at timestamptz not null,
  removed_at timestamptz,
  remove_reason text,
  constraint do_not_call_lasts check (expires_at > recorded_at),
  constraint do_not_call_is_lifted_for_a_reason
    check ((removed_at is null) = (remove_reason is null))
);
comment on table phone_pool.do_not_call is
  'Numbers that one organization, or with organization_id null nobody, may call. Patient data.';
comment on column phone_pool.do_not_call.organization_id is
  'Null: for all organizations. No foreign key: the wish outlives the customer.';
comment on column phone_pool.do_not_call.source is 'Who told: patient, agent, admin or import.';
comment on column phone_pool.do_not_call.recorded_by is 'Who wrote it down.';
create unique index do_not_call_once on phone_pool.do_not_call (phone_number, organization_id)
  nulls not distinct where removed_at is null;
alter table phone_pool.do_not_call enable row level security;
grant select on phone_pool.do_not_call to service_role;

create function phone_pool.is_do_not_call(p_organization_id uuid, p_phone_number text)
returns boolean
language sql
set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select from phone_pool.do_not_call d
    where d.phone_number = p_phone_number and d.removed_at is null
      and (d.organization_id is null or d.organization_id = p_organization_id)
      and d.expires_at > phone_pool.clock()
  );
$$;
comment on function phone_pool.is_do_not_call(uuid, text) is
  'Whether the organization must not call the number.';

create function public.add_do_not_call(
  p_phone_number text,
  p_organization_id uuid default null,
  p_reason text default 'asked not to be called',
  p_source text default 'admin',
  p_recorded_by text default current_user
)
returns phone_pool.do_not_call
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  v_now timestamptz := phone_pool.clock();
  v_row phone_pool.do_not_call;
begin
  if p_phone_number is null or p_phone_number !~ '^\+[1-9][0-9]{6,14}$' then
    perform phone_pool.raise_error('invalid_request',
      'p_phone_number is in E.164 form, such as +12125550100');
  end if;
  insert into phone_pool.do_not_call as d
    (organization_id, phone_number, reason, source, recorded_by, recorded_at, expires_at)
  values (p_organization_id, p_phone_number, p_reason, p_source, p_recorded_by, v_now,
    v_now + interval '5 years')
  on conflict (phone_number, organization_id) where removed_at is null do update
    set expires_at = greatest(d.expires_at, excluded.expires_at)
  returning * into v_row;
  return v_row;
end
$$;
comment on function public.add_do_not_call(text, uuid, text, text, text) is
  'From now on, for five years, the organization (null: nobody) may not call the number. Recorded '
  'again, the five years begin again. Raises invalid_request. Security definer: service_role '
  'writes here by these functions only.';

create function public.remove_do_not_call(
  p_phone_number text,
  p_organization_id uuid,
  p_reason text
)
returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
begin
  update phone_pool.do_not_call d
  set removed_at = phone_pool.clock(), remove_reason = p_reason
  where d.phone_number = p_phone_number and d.removed_at is null
    and d.organization_id is not distinct from p_organization_id;
  return found;
end
$$;
comment on function public.remove_do_not_call(text, uuid, text) is
  'The patient wants to be called again (p_reason says how that is known); the record stays. '
  'p_organization_id null: the entry for all. Returns whether there was one. Security definer: see '
  'add_do_not_call.';

create function phone_pool_worker.import_do_not_call(
  p_rows jsonb, p_recorded_by text default current_user
)
returns table (line int, problem text, outcome text)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
declare
  v_row record;
begin
  for v_row in
    select r.line, r.phone_number, r.organization_id, r.reason
    from jsonb_to_recordset(p_rows)
      as r (line int, phone_number text, organization_id text, reason text)
  loop
    line := v_row.line;
    problem := case
      when coalesce(v_row.phone_number, '') !~ '^\+[1-9][0-9]{6,14}$'
        then 'phone_number is not in E.164 form'
      when v_row.organization_id is not null and not exists (
        select from public.organizations o where o.id::text = lower(v_row.organization_id)
      ) then 'organization_id is of no organization'
    end;
    outcome := null;
    if problem is null then
      outcome := case when exists (
        select from phone_pool.do_not_call d
        where d.phone_number = v_row.phone_number and d.removed_at is null
          and d.organization_id is not distinct from v_row.organization_id::uuid
          and d.expires_at > phone_pool.clock()) then 'known' else 'added' end;
      perform public.add_do_not_call(v_row.phone_number, v_row.organization_id::uuid,
        coalesce(v_row.reason, 'imported'), 'import', p_recorded_by);
    end if;
    return next;
  end loop;
end
$$;
comment on function phone_pool_worker.import_do_not_call(jsonb, text) is
  'Adds [{line, phone_number, organization_id?, reason?}] to the list and returns of each what '
  'became of it (added; known: it was there, and its five years begin again) or what is wrong '
  'with it. The command is npm run import-do-not-call. Security definer: see add_do_not_call.';

create trigger do_not_call_refuse_delete before delete on phone_pool.do_not_call
  for each row execute function phone_pool.tg_any__refuse('record_is_final');

create trigger do_not_call_refuse_truncate before truncate on phone_pool.do_not_call
  for each statement execute function phone_pool.tg_any__refuse('record_is_final');
