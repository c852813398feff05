-- Who held which number, and when: the proof that a number is held by one organization at a time.
--
-- A tenure is opened when a number is assigned, and closed once, with the end of its quarantine,
-- when the organization leaves. The exclusion constraint refuses a second holder before the
-- quarantine is over, whoever asks, postgres included. Nothing is ever deleted.
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
  quarantine_until timestamptz null,
  release_reason text null,
  not_before timestamptz null,
  resumed_at timestamptz null,
  is_unused boolean not null default false,
  is_replaced boolean not null default false,
  deleted_as text null,
  override_id bigint null
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
