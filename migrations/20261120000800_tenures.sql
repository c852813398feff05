-- Who held which number, and when: the proof that a number is held by one organization at a time.
--
-- A tenure is opened when a number is assigned, and closed once, with the end of its quarantine,
-- when the organization leaves. The exclusion constraint refuses a second holder before the
-- quarantine is over, whoever asks, postgres included. Nothing is ever deleted.

create table phone_pool.tenures (
  id bigint generated always as identity constraint tenures_pkey primary key,
  phone_number_id uuid not null
    constraint tenures_phone_number_exists references public.phone_numbers (id),
  organization_id uuid not null,
  requested_at timestamptz not null,
  held tstzrange not null
    constraint tenures_begin check (not isempty(held) and not lower_inf(held)),
  quarantine_until timestamptz null,
  release_reason text null,
  constraint tenures_closed_with_a_quarantine check (upper_inf(held) = (quarantine_until is null)),
  constraint tenures_quarantine_after_the_hold check (quarantine_until >= upper(held)),
  constraint tenures_closed_for_a_reason check (upper_inf(held) = (release_reason is null)),
  constraint tenures_do_not_overlap exclude using gist (
    phone_number_id with =,
    tstzrange(lower(held), case when upper_inf(held) then null else quarantine_until end) with &&
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

create unique index tenures_open_once on phone_pool.tenures (phone_number_id) where upper_inf(held);
create index tenures_by_organization on phone_pool.tenures (organization_id);

alter table phone_pool.tenures enable row level security;
grant select on phone_pool.tenures to service_role;

create function phone_pool.tg_tenures__refuse_rewrite()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  perform phone_pool.raise_error('history_is_final', lower(tg_op) || ' on tenures');
  return null;
end
$$;
comment on function phone_pool.tg_tenures__refuse_rewrite() is 'Refuses to change history.';

-- Allowed: closing an open tenure, and making a quarantine longer.
create trigger tenures_refuse_rewrite before update on phone_pool.tenures
  for each row when (
    (old.id, old.phone_number_id, old.organization_id, old.requested_at, lower(old.held))
      is distinct from
      (new.id, new.phone_number_id, new.organization_id, new.requested_at, lower(new.held))
    or (not upper_inf(old.held) and (old.held <> new.held
      or old.release_reason <> new.release_reason
      or new.quarantine_until < old.quarantine_until))
  ) execute function phone_pool.tg_tenures__refuse_rewrite();
create trigger tenures_refuse_delete before delete on phone_pool.tenures
  for each row execute function phone_pool.tg_tenures__refuse_rewrite();
create trigger tenures_refuse_truncate before truncate on phone_pool.tenures
  for each statement execute function phone_pool.tg_tenures__refuse_rewrite();

revoke execute on all functions in schema phone_pool from public;
