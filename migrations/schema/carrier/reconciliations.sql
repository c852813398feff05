-- What Telnyx bills and what we know must be the same. reconcile-carrier lists Telnyx's numbers
-- into carrier_numbers; each difference is a row of drifts until it is gone.
--
--   kind                   means                                        healed
--   unknown_at_carrier     billed, not known here                       adopted, if proven ours
--                                                                       and active
--   gone_at_carrier        ours, not in the account any more            no: see carrier_status
--   not_active             ours, in the account, not usable             no: see carrier_status
--   wrong_connection       calls would not leave by our SIP connection  linked again
--   wrong_reference        id, customer_reference or tag is not ours    written, where it is empty
--   pending_too_long       ordered, not there after an hour             no
--   released_still_billed  given back, billed all the same              deleted, if proven ours
--   phone_overwritten      organizations.phone was another              put back at once
--   wrong_forwarding       calls to it would be put through elsewhere   written again: see lines
--   wrong_name             it would show another name                   written again: see lines
--
-- Proven ours: the customer_reference is the id of a purchase, the number's id is the one on
-- record, or it carries settings.carrier_tag. Everything else in the account is somebody else's and
-- is never touched; known_numbers says which of it is expected, and is never touched either.
--
-- phone_numbers.carrier_status follows what was seen: a number that is not active leaves the pool
-- until it is, and an organization that holds one that is gone makes no calls.

create table phone_pool.known_numbers (
  phone_number text constraint known_numbers_pkey primary key
    constraint known_numbers_are_e164 check (phone_number ~ '^\+[1-9][0-9]{6,14}$'),
  note text not null constraint known_numbers_have_a_note check (note ~ '\S'),
  added_at timestamptz not null default clock_timestamp()
);
comment on table phone_pool.known_numbers is
  'Numbers on the same Telnyx account that are not the pool''s, or not any more: left alone, no '
  'drift, never deleted.';
alter table phone_pool.known_numbers enable row level security;
grant select on phone_pool.known_numbers to service_role;

create table phone_pool.reconciliations (
  id bigint generated always as identity constraint reconciliations_pkey primary key,
  connection_id text not null
    constraint reconciliations_connection_is_not_empty check (connection_id <> ''),
  started_at timestamptz not null,
  lease_until timestamptz not null,
  finished_at timestamptz,
  carrier_numbers int,
  result text
);
comment on table phone_pool.reconciliations is 'Comparisons with Telnyx, one row a run.';
comment on column phone_pool.reconciliations.connection_id is 'The SIP connection of our numbers.';
comment on column phone_pool.reconciliations.carrier_numbers is 'How many numbers Telnyx listed.';
alter table phone_pool.reconciliations enable row level security;
grant select on phone_pool.reconciliations to service_role;

create table phone_pool.carrier_numbers (
  reconciliation_id bigint not null constraint carrier_numbers_reconciliation_exists
    references phone_pool.reconciliations (id),
  telnyx_phone_number_id text not null
    constraint carrier_numbers_ids_are_not_empty check (telnyx_phone_number_id <> ''),
  phone_number text not null,
  status text,
  connection_id text,
  customer_reference text,
  tags text[] not null default '{}',
  constraint carrier_numbers_pkey primary key (reconciliation_id, telnyx_phone_number_id)
);
comment on table phone_pool.carrier_numbers is
  'What Telnyx listed in the latest reconciliation, ours or not.';
comment on column phone_pool.carrier_numbers.status is
  'Telnyx''s word; missing: a number of ours that was asked for by itself and is not there.';
create index carrier_numbers_by_phone_number
  on phone_pool.carrier_numbers (reconciliation_id, phone_number);
alter table phone_pool.carrier_numbers enable row level security;
grant select on phone_pool.carrier_numbers to service_role;

create table phone_pool.drifts (
  id bigint generated always as identity constraint drifts_pkey primary key,
  kind text not null constraint drifts_kind_is_known check (kind in (
    'unknown_at_carrier', 'gone_at_carrier', 'not_active', 'wrong_connection', 'wrong_reference',
    'pending_too_long', 'released_still_billed', 'phone_overwritten', 'wrong_forwarding',
    'wrong_name')),
  phone_number text not null,
  phone_number_id uuid
    constraint drifts_phone_number_exists references public.phone_numbers (id),
  purchase_id uuid constraint drifts_purchase_exists references phone_pool.purchases (id),
  telnyx_phone_number_id text,
  detail text not null,
  monthly_cost numeric(12, 5) not null,
  is_safe boolean not null,
  occurrences int not null default 1,
  found_at timestamptz not null,
  last_seen_at timestamptz not null,
  last_error text,
  healed_at timestamptz,
  closed_at timestamptz,
  constraint drifts_healed_are_closed check (healed_at is null or closed_at is not null)
);
comment on table phone_pool.drifts is 'Differences between Telnyx and the pool, open and closed.';
comment on column phone_pool.drifts.monthly_cost is 'Rent a month of the number, US dollars.';
comment on column phone_pool.drifts.is_safe is 'Heals itself; otherwise a person must look.';
create unique index drifts_are_open_once on phone_pool.drifts (kind, phone_number)
  where closed_at is null;
create index drifts_by_phone_number_id on phone_pool.drifts (phone_number_id);
create index drifts_by_purchase on phone_pool.drifts (purchase_id);
alter table phone_pool.drifts enable row level security;
grant select on phone_pool.drifts to service_role;
