-- Who held which number, and when: the proof that a number is held by one organization at a time.
--
-- A tenure is opened when a number is assigned, and closed once, with the end of its quarantine,
-- when the organization leaves. The exclusion constraint refuses a second holder before the
-- quarantine is over, for postgres too. Nothing is ever deleted.
--
--   held ────────────────┤ quarantine ───────────────┤ then anybody
--                             │ resumed_at: the same organization is back; its new tenure begins at
--                             │ that very moment, and its quarantine will not end before this one's
--
-- A quarantine lasts 30 days at least, but for a number that nobody can know: its organization was
-- deleted within a day and had not called. It becomes longer (somebody called) and never shorter.
-- What must be put right by hand nevertheless leaves a row in history_overrides: see
-- phone_pool.break_glass().

create table phone_pool.history_overrides (
  id bigint generated always as identity constraint history_overrides_pkey primary key,
  tenure_id bigint not null,
  reason text not null constraint history_overrides_have_a_reason check (reason ~ '\S'),
  done_by text not null default session_user,
  done_at timestamptz not null default clock_timestamp(),
  transaction_id xid8 not null default pg_current_xact_id(),
  before jsonb not null
);
comment on table phone_pool.history_overrides is
  'Audit log: every time that a closed tenure was changed by hand, by whom and why.';
comment on column phone_pool.history_overrides.transaction_id is
  'Only in this transaction the row allows the change.';
comment on column phone_pool.history_overrides.before is 'The tenure as it was.';
create index history_overrides_by_tenure on phone_pool.history_overrides (tenure_id);
alter table phone_pool.history_overrides enable row level security;
grant select on phone_pool.history_overrides to service_role;

create table phone_pool.tenures (
  id bigint generated always as identity constraint tenures_pkey primary key,
  phone_number_id uuid not null
    constraint tenures_phone_number_exists references public.phone_numbers (id),
  organization_id uuid not null,
  requested_at timestamptz not null,
  held tstzrange not null
    constraint tenures_begin check (not isempty(held) and not lower_inf(held)),
  quarantine_until timestamptz,
  release_reason text,
  not_before timestamptz,
  resumed_at timestamptz,
  is_unused boolean not null default false,
  is_replaced boolean not null default false,
  deleted_as text,
  override_id bigint
    constraint tenures_override_exists references phone_pool.history_overrides (id),
  constraint tenures_closed_with_a_quarantine check (upper_inf(held) = (quarantine_until is null)),
  constraint tenures_rest_for_30_days check
    (quarantine_until - upper(held) >= interval '30 days' or override_id is not null
      or (is_unused and not_before is null and upper(held) - lower(held) <= interval '1 day'
        and quarantine_until - upper(held) >= interval '1 hour')),
  constraint tenures_rest_no_less_than_before check
    (quarantine_until >= not_before or override_id is not null),
  constraint tenures_quarantine_after_the_hold check (quarantine_until >= upper(held)),
  constraint tenures_closed_for_a_reason check (upper_inf(held) = (release_reason is null)),
  constraint tenures_resumed_within_quarantine check
    (resumed_at >= upper(held) and resumed_at <= quarantine_until),
  constraint tenures_resumed_after_they_closed check
    (resumed_at is null or not upper_inf(held)),
  constraint tenures_do_not_overlap exclude using gist (
    phone_number_id with =,
    tstzrange(lower(held), case when upper_inf(held) then null
      else coalesce(resumed_at, quarantine_until) end) with &&
  )
);
comment on table phone_pool.tenures is 'Who held which number, and when. History: never rewritten.';
comment on column phone_pool.tenures.organization_id is
  'No foreign key: the history outlives the organization.';
comment on column phone_pool.tenures.requested_at is
  'When the organization asked; lower(held) - requested_at is how long it waited.';
comment on column phone_pool.tenures.held is 'From assignment to release; open while it is held.';
comment on column phone_pool.tenures.quarantine_until is
  'Nobody else may hold the number before this moment.';
comment on column phone_pool.tenures.not_before is
  'End of the quarantine out of which the organization took this number back.';
comment on column phone_pool.tenures.resumed_at is
  'When the same organization took the number back, within the quarantine.';
comment on column phone_pool.tenures.is_unused is
  'The organization was deleted within a day and had not called with the number: nobody knows it.';
comment on column phone_pool.tenures.is_replaced is
  'The organization was given another number instead of this one: it never gets it back.';
comment on column phone_pool.tenures.deleted_as is
  'Digest of created_at and slug of the organization when its row was deleted: a row that is '
  'inserted later under the same id is the same organization only if it has them too.';
comment on column phone_pool.tenures.override_id is 'Changed by hand: why, and by whom.';
create unique index tenures_open_once on phone_pool.tenures (phone_number_id) where upper_inf(held);
create index tenures_by_organization on phone_pool.tenures (organization_id);
create index tenures_overridden on phone_pool.tenures (override_id) where override_id is not null;
alter table phone_pool.tenures enable row level security;
grant select on phone_pool.tenures to service_role;

-- Who asked when: for the metrics, the forecast, and how long the pool will last.
create index tenures_by_request on phone_pool.tenures (requested_at);

-- Who left when.
create index tenures_by_end on phone_pool.tenures (upper(held)) where not upper_inf(held);

-- What nobody may do to the history, postgres included; the exclusion constraint and the checks of
-- tenures do the rest. Short of dropping constraints and triggers there is one way around, and it
-- leaves a trace: a row of history_overrides written in the same transaction.
--
-- A number and its open tenure agree after every statement, by whichever role: a number is
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
  'At the end of the transaction, by whichever role: a quarantine has ended early only if the same '
  'organization holds the number from that moment on. Security definer: it must see all tenures.';

create constraint trigger tenures_resumed_by_the_same after update on phone_pool.tenures
  deferrable initially deferred
  for each row when (old.resumed_at is distinct from new.resumed_at and new.resumed_at is not null)
  execute function phone_pool.tg_tenures__resumed_by_the_same();

-- Also where session_replication_role is replica, which postgres may set on Supabase.
alter table phone_pool.tenures enable always trigger tenures_refuse_rewrite;
alter table phone_pool.tenures enable always trigger tenures_agree_with_number;
alter table phone_pool.tenures enable always trigger tenures_refuse_delete;
alter table phone_pool.tenures enable always trigger tenures_refuse_truncate;
alter table phone_pool.tenures enable always trigger tenures_close_now;
alter table phone_pool.tenures enable always trigger tenures_resumed_by_the_same;
alter table phone_pool.history_overrides enable always trigger history_overrides_refuse_change;
alter table phone_pool.history_overrides enable always trigger history_overrides_refuse_truncate;
