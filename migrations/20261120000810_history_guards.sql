-- What nobody may do to the history, postgres included; the exclusion constraint and the checks of
-- tenures do the rest. Short of dropping constraints and triggers there is one way around, and it
-- leaves a trace: a row of history_overrides written in the same transaction.
--
-- A number and its open tenure agree after every statement, whoever writes either: a number is
-- assigned to an organization exactly while that has an open tenure of it. So a step is taken by
-- one statement that writes both, and a step that forgets one of them is refused.
--
-- The conditions that a registration meets are in the functions, not in WHEN: Postgres parses that
-- anew for every statement.

create function phone_pool.tg_tenures__refuse_rewrite()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if new.override_id is distinct from old.override_id and exists (
    select from phone_pool.history_overrides o
    where o.id = new.override_id and o.tenure_id = old.id and new.id = old.id
      and o.transaction_id = pg_current_xact_id()
  ) then
    return new;
  end if;
  -- Allowed: closing an open tenure now, making a quarantine longer, resuming, and noting that the
  -- organization's row was deleted.
  if (old.id, old.phone_number_id, old.organization_id, old.requested_at, lower(old.held),
        old.not_before, old.override_id)
      is distinct from
      (new.id, new.phone_number_id, new.organization_id, new.requested_at, lower(new.held),
        new.not_before, new.override_id)
    or (old.deleted_as is not null and old.deleted_as is distinct from new.deleted_as)
    or (not upper_inf(old.held) and (old.held <> new.held
      or old.release_reason <> new.release_reason
      or (old.is_unused, old.is_replaced) <> (new.is_unused, new.is_replaced)
      or new.quarantine_until < old.quarantine_until
      or (old.resumed_at is not null and old.resumed_at is distinct from new.resumed_at)))
  then
    perform phone_pool.raise_error('history_is_final', 'update on tenures');
  end if;
  return new;
end
$$;
comment on function phone_pool.tg_tenures__refuse_rewrite() is
  'Refuses to change history, unless this transaction has written down why.';
create trigger tenures_refuse_rewrite before update on phone_pool.tenures
  for each row execute function phone_pool.tg_tenures__refuse_rewrite();

create function phone_pool.tg_tenures__agree_with_number()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if upper_inf(new.held) then
    perform from public.phone_numbers n
    where n.id = new.phone_number_id and n.organization_id = new.organization_id;
    if found and (tg_op = 'UPDATE'
      or lower(new.held) >= phone_pool.clock() - interval '1 hour') then
      return null;
    end if;
    perform phone_pool.raise_error('history_is_final',
      'a tenure is opened with its number, by one statement, when it begins');
  elsif tg_op = 'INSERT' then
    perform phone_pool.raise_error('history_is_final', 'a tenure is open when it begins');
  elsif upper_inf(old.held) and exists (
    select from public.phone_numbers n
    where n.id = new.phone_number_id and n.organization_id = new.organization_id
  ) then
    perform phone_pool.raise_error('history_is_final',
      'a tenure is closed with its number, by one statement');
  end if;
  return null;
end
$$;
comment on function phone_pool.tg_tenures__agree_with_number() is
  'Refuses an open tenure of a number that is not assigned to that organization, and a closed one '
  'of a number that is. Security definer: it must see all numbers.';
create trigger tenures_agree_with_number after insert or update on phone_pool.tenures
  for each row execute function phone_pool.tg_tenures__agree_with_number();

create function phone_pool.tg_phone_numbers__agree_with_tenure()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if new.organization_id is not distinct from old.organization_id then
    return null;
  elsif (
    select t.organization_id from phone_pool.tenures t
    where t.phone_number_id = new.id and upper_inf(t.held)
  ) is distinct from new.organization_id then
    perform phone_pool.raise_error('transition_refused', format(
      '…%s: a number changes hands with its tenure, by one statement', right(new.phone_number, 4)));
  end if;
  return null;
end
$$;
comment on function phone_pool.tg_phone_numbers__agree_with_tenure() is
  'Refuses a number that changes hands without its history. Security definer: it must see all '
  'tenures.';
create trigger phone_numbers_agree_with_tenure after update on public.phone_numbers
  for each row execute function phone_pool.tg_phone_numbers__agree_with_tenure();

create trigger tenures_refuse_delete before delete on phone_pool.tenures
  for each row execute function phone_pool.tg_any__refuse('history_is_final');
create trigger tenures_refuse_truncate before truncate on phone_pool.tenures
  for each statement execute function phone_pool.tg_any__refuse('history_is_final');
create trigger history_overrides_refuse_change
  before update or delete on phone_pool.history_overrides
  for each row execute function phone_pool.tg_any__refuse('history_is_final');
create trigger history_overrides_refuse_truncate before truncate on phone_pool.history_overrides
  for each statement execute function phone_pool.tg_any__refuse('history_is_final');

create function phone_pool.tg_tenures__close_now()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  -- A hold that ended long ago would have its quarantine behind it already.
  if upper(new.held) < phone_pool.clock() - interval '1 hour' and new.override_id is null then
    perform phone_pool.raise_error('history_is_final', 'a tenure is closed when it ends');
  end if;
  return new;
end
$$;
comment on function phone_pool.tg_tenures__close_now() is 'Refuses to close a tenure in the past.';
create trigger tenures_close_now before update on phone_pool.tenures
  for each row when (upper_inf(old.held) and not upper_inf(new.held))
  execute function phone_pool.tg_tenures__close_now();

create function phone_pool.tg_tenures__resumed_by_the_same()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (
    select from phone_pool.tenures t
    where t.phone_number_id = new.phone_number_id and t.organization_id = new.organization_id
      and lower(t.held) = new.resumed_at and t.not_before >= new.quarantine_until
  ) and new.override_id is not distinct from old.override_id then
    perform phone_pool.raise_error('history_is_final',
      'only the organization itself ends its quarantine, by taking the number back');
  end if;
  return null;
end
$$;
comment on function phone_pool.tg_tenures__resumed_by_the_same() is
  'At the end of the transaction, whoever wrote it: a quarantine has ended early only if the same '
  'organization holds the number from that moment on. Security definer: it must see all tenures.';
create constraint trigger tenures_resumed_by_the_same after update on phone_pool.tenures
  deferrable initially deferred
  for each row when (old.resumed_at is distinct from new.resumed_at and new.resumed_at is not null)
  execute function phone_pool.tg_tenures__resumed_by_the_same();

create function phone_pool.tg_phone_numbers__keep_quarantine()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (
    select from phone_pool.tenures t
    where t.phone_number_id = old.id and (upper_inf(t.held)
      or coalesce(t.resumed_at, t.quarantine_until)
        > case when new.status = 'suspended' then new.suspended_until else phone_pool.clock() end)
  ) then
    perform phone_pool.raise_error('quarantine_running', '…' || right(old.phone_number, 4));
  end if;
  return new;
end
$$;
comment on function phone_pool.tg_phone_numbers__keep_quarantine() is
  'A number leaves quarantine, or is given back to Telnyx, only when nobody holds it and its '
  'quarantine is over; and a quarantine does not become shorter than its tenure says. Security '
  'definer: it must see all tenures.';
create trigger phone_numbers_keep_quarantine before update on public.phone_numbers
  for each row when (
    (old.status = 'suspended' and new.status = 'available')
    or (old.status <> 'released' and new.status = 'released')
    or (new.status = 'suspended' and new.suspended_until < old.suspended_until)
  ) execute function phone_pool.tg_phone_numbers__keep_quarantine();

-- Also where session_replication_role is replica, which postgres may set on Supabase.
alter table phone_pool.tenures enable always trigger tenures_refuse_rewrite;
alter table phone_pool.tenures enable always trigger tenures_agree_with_number;
alter table phone_pool.tenures enable always trigger tenures_refuse_delete;
alter table phone_pool.tenures enable always trigger tenures_refuse_truncate;
alter table phone_pool.tenures enable always trigger tenures_close_now;
alter table phone_pool.tenures enable always trigger tenures_resumed_by_the_same;
alter table phone_pool.history_overrides enable always trigger history_overrides_refuse_change;
alter table phone_pool.history_overrides enable always trigger history_overrides_refuse_truncate;
alter table public.phone_numbers enable always trigger phone_numbers_keep_quarantine;
alter table public.phone_numbers enable always trigger phone_numbers_agree_with_tenure;

revoke execute on all functions in schema phone_pool from public;
