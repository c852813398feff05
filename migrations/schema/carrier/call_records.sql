-- Telnyx's detail records of calls: what each call cost, who called a number of ours, and which
-- calls nobody had asked for.
--
--   claim_call_record_import     one import at a time, by a lease
--   record_call_records          one page of the list; what was stored before is not stored again
--   release_call_record_import   the worker ends, the pages that are left or a failure wait
--
-- A list is read from `since` on, the newest record first, page by page. It may be left and gone on
-- with after any page: a record that comes in the meantime moves the others to later pages, so that
-- some are read twice and none is missed. The next list begins two days before this one did: a
-- record that is late by that much is read.
--
-- A patient's number is not stored: outbound the called one and inbound the calling one become a
-- keyed hash, as in callees. What a record is about is found out by match_call_records().

create table phone_pool.call_records (
  id text constraint call_records_pkey primary key
    constraint call_records_ids_are_tokens check (id ~ '^[A-Za-z0-9_.:-]{1,100}$'),
  direction text not null
    constraint call_records_direction_is_known check (direction in ('outbound', 'inbound')),
  phone_number_id uuid null
    constraint call_records_phone_number_exists references public.phone_numbers (id),
  party_hash bytea null
    constraint call_records_hash_is_sha256 check (length(party_hash) = 32),
  sip_call_id text null,
  telnyx_session_id text null,
  started_at timestamptz not null,
  billed_seconds int not null
    constraint call_records_seconds_are_not_negative check (billed_seconds >= 0),
  cost_usd numeric not null
    constraint call_records_cost_is_not_negative check (cost_usd >= 0 and cost_usd < 10000),
  attestation text null,
  kind text null constraint call_records_kind_is_known
    check (kind in ('intake', 'inbound', 'forwarded', 'without_permit', 'foreign')),
  intake_call_id uuid null
    constraint call_records_intake_call_exists references phone_pool.intake_calls (id),
  tenure_id bigint null constraint call_records_tenure_exists references phone_pool.tenures (id),
  organization_id uuid null,
  recorded_at timestamptz not null,
  constraint call_records_of_intake_calls check
    (coalesce(kind = 'intake', false) = (intake_call_id is not null)),
  constraint call_records_foreign_are_not_of_our_numbers check
    (kind is null or (kind = 'foreign') = (phone_number_id is null))
);
comment on table phone_pool.call_records is
  'Telnyx''s detail records of calls (CDR), once each. No number of a patient, only its hash.';
comment on column phone_pool.call_records.phone_number_id is
  'Our number: the calling one, or inbound the called one; of a forwarded leg the one that was '
  'called. Null: none of ours.';
comment on column phone_pool.call_records.party_hash is
  'HMAC of the other party''s number, with the key of callees; null: without that key.';
comment on column phone_pool.call_records.sip_call_id is
  'Call-ID of the SIP dialog: intake_calls.sip_call_id_full.';
comment on column phone_pool.call_records.telnyx_session_id is
  'The same for an inbound call and the leg by which Telnyx forwards it.';
comment on column phone_pool.call_records.attestation is
  'STIR/SHAKEN level that Telnyx signed: A, B or C; null: not told.';
comment on column phone_pool.call_records.kind is
  'intake: a permitted call. inbound: somebody called our number. forwarded: a leg of such a call. '
  'without_permit: from our number, and known to nobody. foreign: not of the pool. Null: to be '
  'matched.';
comment on column phone_pool.call_records.tenure_id is
  'Whose number it was at that time; inbound to a number in quarantine, whose it had been.';
comment on column phone_pool.call_records.organization_id is
  'Who caused the cost; null: the number was nobody''s.';
create index call_records_to_match on phone_pool.call_records (started_at, id)
  where kind is null;
create index call_records_foreign on phone_pool.call_records (started_at) where kind = 'foreign';
create index call_records_by_time on phone_pool.call_records (started_at) include (cost_usd)
  where phone_number_id is not null;
create index call_records_by_organization on phone_pool.call_records (organization_id, started_at)
  include (cost_usd) where organization_id is not null;
create index call_records_inbound on phone_pool.call_records (tenure_id, started_at)
  include (party_hash) where kind = 'inbound';
create index call_records_by_tenure on phone_pool.call_records (tenure_id);
create index call_records_by_phone_number on phone_pool.call_records (phone_number_id, started_at);
create index call_records_by_session on phone_pool.call_records (telnyx_session_id);
create index call_records_by_sip_call on phone_pool.call_records (sip_call_id);
create index call_records_by_intake_call on phone_pool.call_records (intake_call_id);
alter table phone_pool.call_records enable row level security;
grant select on phone_pool.call_records to service_role;

create table phone_pool.call_record_import (
  only_row boolean not null default true constraint call_record_import_pkey primary key
    constraint call_record_import_is_one_row check (only_row),
  read_until timestamptz null,
  since timestamptz null,
  began_at timestamptz null,
  next_page int not null default 1
    constraint call_record_import_pages_count_from_1 check (next_page >= 1),
  claim_token uuid null,
  lease_until timestamptz null,
  next_attempt_at timestamptz not null default '-infinity',
  failures int not null default 0,
  last_error text null,
  constraint call_record_import_claims_have_a_lease
    check ((claim_token is null) = (lease_until is null)),
  constraint call_record_import_lists_begin check ((since is null) = (began_at is null))
);
comment on table phone_pool.call_record_import is 'How far Telnyx''s records are read: one row.';
comment on column phone_pool.call_record_import.read_until is
  'All records that Telnyx showed then are here; null: no list was read to its end yet.';
comment on column phone_pool.call_record_import.since is
  'Start of the list that is being read; null: none is.';
comment on column phone_pool.call_record_import.began_at is 'When its first page was asked for.';
alter table phone_pool.call_record_import enable row level security;
grant select on phone_pool.call_record_import to service_role;
insert into phone_pool.call_record_import default values;

create function phone_pool_worker.claim_call_record_import(p_lease_seconds int default 90)
returns table (claim_token uuid, since timestamptz, page int)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  v_now timestamptz := phone_pool.clock();
  v_first timestamptz;
begin
  -- Telnyx answers for no more than that in reasonable time; a new project begins here.
  select greatest(min(n.purchased_at), v_now - interval '90 days') into v_first
  from public.phone_numbers n;
  return query
  update phone_pool.call_record_import i
  set claim_token = gen_random_uuid(),
    lease_until = v_now + make_interval(secs => least(greatest(p_lease_seconds, 1), 600)),
    since = coalesce(i.since, i.read_until - interval '2 days', v_first),
    began_at = coalesce(i.began_at, v_now),
    -- The last page once more: a worker sees only of two in a row that pages do not advance.
    next_page = greatest(i.next_page - 1, 1)
  where i.only_row and v_first is not null and i.next_attempt_at <= v_now
    and (i.lease_until is null or i.lease_until <= v_now)
  returning i.claim_token, i.since, i.next_page;
end
$$;
comment on function phone_pool_worker.claim_call_record_import(int) is
  'Leases the import of call records for p_lease_seconds (at most 600): list the records since '
  'then, from that page on. No row: another worker has it, or nothing is due. Security definer: '
  'see claim_purchases.';

create function phone_pool.lock_call_record_import(p_claim_token uuid)
returns phone_pool.call_record_import
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_import phone_pool.call_record_import;
begin
  select * into v_import from phone_pool.call_record_import i
  where i.claim_token = p_claim_token and i.lease_until > phone_pool.clock() for update;
  if not found then
    perform phone_pool.raise_error('claim_lost', 'the import of call records');
  end if;
  return v_import;
end
$$;
comment on function phone_pool.lock_call_record_import(uuid) is
  'Locks and returns the import if the token still holds; raises claim_lost otherwise.';

create function phone_pool_worker.record_call_records(
  p_claim_token uuid,
  p_records jsonb,
  p_is_last boolean,
  p_lease_seconds int default 90
)
returns int
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
#variable_conflict use_variable
declare
  v_now timestamptz := phone_pool.clock();
  v_import phone_pool.call_record_import := phone_pool.lock_call_record_import(p_claim_token);
  v_key text := phone_pool.callee_key();
  v_count int;
begin
  insert into phone_pool.call_records (id, direction, phone_number_id, party_hash, sip_call_id,
    telnyx_session_id, started_at, billed_seconds, cost_usd, attestation, kind, tenure_id,
    organization_id, recorded_at)
  select r.id, r.direction, n.id, case when n.id is not null then phone_pool.callee_hash(
      case r.direction when 'inbound' then r.cli else r.cld end, v_key) end,
    r.sip_call_id, r.telnyx_session_id, r.started_at, r.billed_seconds, r.cost_usd, r.attestation,
    case when f.is_forwarded then 'forwarded' end, t.id,
    case when t.held @> r.started_at then t.organization_id end, v_now
  from jsonb_to_recordset(p_records) as r (id text, direction text, cli text, cld text,
    sip_call_id text, telnyx_session_id text, started_at timestamptz, billed_seconds int,
    cost_usd numeric, attestation text)
  left join public.phone_numbers n
    on n.phone_number = case r.direction when 'inbound' then r.cld else r.cli end
    and n.purchased_at <= r.started_at
  left join lateral (
    select l.id, l.held, l.organization_id from phone_pool.tenures l
    where l.phone_number_id = n.id and lower(l.held) <= r.started_at
    order by lower(l.held) desc limit 1
  ) t on true
  left join lateral (
    -- Where the number's line leads is called by nothing but a forwarded call, and is no patient.
    select exists (
      select from phone_pool.lines l
      where l.phone_number_id = n.id and r.cld in (l.forward_to, l.seen_forward_to)
    ) or exists (
      select from public.organizations o
      where o.id = t.organization_id and phone_pool.phone_digits(r.cld)
        = phone_pool.phone_digits(o.settings ->> 'callback_number')
    ) as is_forwarded
    where r.direction = 'outbound' and n.id is not null
  ) f on true
  on conflict on constraint call_records_pkey do nothing;
  get diagnostics v_count = row_count;
  -- A leg that was seen before its inbound call is looked at again.
  update phone_pool.call_records l set kind = null
  where l.kind in ('without_permit', 'foreign') and l.telnyx_session_id in (
    select r.telnyx_session_id
    from jsonb_to_recordset(p_records) as r (direction text, telnyx_session_id text)
    where r.direction = 'inbound');
  update phone_pool.call_record_import i
  set lease_until = case when not p_is_last
      then v_now + make_interval(secs => least(greatest(p_lease_seconds, 1), 600)) end,
    claim_token = case when not p_is_last then i.claim_token end,
    next_page = case when p_is_last then 1 else i.next_page + 1 end,
    read_until = case when p_is_last then i.began_at else i.read_until end,
    since = case when not p_is_last then i.since end,
    began_at = case when not p_is_last then i.began_at end,
    next_attempt_at = case when p_is_last then v_now + interval '15 minutes'
      else i.next_attempt_at end,
    failures = 0, last_error = null
  where i.only_row;
  if p_is_last then
    perform phone_pool.beat('call-records',
      jsonb_build_object('since', v_import.since, 'pages', v_import.next_page));
  end if;
  return v_count;
end
$$;
comment on function phone_pool_worker.record_call_records(uuid, jsonb, boolean, int) is
  'One page of Telnyx''s list: [{id, direction, cli, cld (both E.164), sip_call_id, '
  'telnyx_session_id, started_at, billed_seconds, cost_usd, attestation}]; with p_is_last the list '
  'is read, otherwise the lease is as long as at the beginning. Returns how many were new. Raises '
  'claim_lost. Security definer: see claim_purchases.';

create function phone_pool_worker.release_call_record_import(
  p_claim_token uuid,
  p_error_class text default null,
  p_error text default null,
  p_retry_after_seconds int default null
)
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  v_import phone_pool.call_record_import := phone_pool.lock_call_record_import(p_claim_token);
  v_failures int := v_import.failures
    + (p_error_class is not null and p_error_class <> 'rate_limited')::int;
begin
  update phone_pool.call_record_import i
  set claim_token = null, lease_until = null, failures = v_failures,
    last_error = left(p_error, 500),
    next_attempt_at = phone_pool.clock() + case
      when p_error_class is null then interval '0'
      when p_error_class = 'rate_limited' then
        make_interval(secs => least(greatest(coalesce(p_retry_after_seconds, 60), 1), 3600))
      else phone_pool.backoff(v_failures, random())
    end
  where i.only_row;
end
$$;
comment on function phone_pool_worker.release_call_record_import(uuid, text, text, int) is
  'The worker ends before the list does: another goes on with the page that is next. p_error_class '
  'as for purchases: after a failure later, less and less often; rate_limited: after '
  'p_retry_after_seconds. Raises claim_lost. Security definer: see claim_purchases.';
