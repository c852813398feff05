-- One row for every request to Telnyx: how reliable the carrier is, and what was asked when.

create table phone_pool.carrier_requests (
  id bigint generated always as identity constraint carrier_requests_pkey primary key,
  operation text not null,
  ok boolean not null,
  http_status int,
  error_class text,
  error_code text,
  milliseconds int not null
    constraint carrier_requests_take_time check (milliseconds >= 0),
  purchase_id uuid,
  skipped_entries int not null default 0
    constraint carrier_requests_skipped_are_not_negative check (skipped_entries >= 0),
  requested_at timestamptz not null
);
comment on table phone_pool.carrier_requests is 'One row for every request to Telnyx.';
comment on column phone_pool.carrier_requests.operation is 'Such as search, order, find_order.';
comment on column phone_pool.carrier_requests.http_status is 'Null: no answer arrived.';
comment on column phone_pool.carrier_requests.error_code is 'Telnyx''s own code, such as 10015.';
comment on column phone_pool.carrier_requests.skipped_entries is
  'Entries of the answer that were not as documented, or not what was asked for.';
create index carrier_requests_by_time on phone_pool.carrier_requests (requested_at);
alter table phone_pool.carrier_requests enable row level security;
grant select on phone_pool.carrier_requests to service_role;

create function phone_pool_worker.record_carrier_requests(p_requests jsonb)
returns void
language sql
security definer
set search_path = pg_catalog, pg_temp
as $$
  insert into phone_pool.carrier_requests (operation, ok, http_status, error_class, error_code,
    milliseconds, purchase_id, skipped_entries, requested_at)
  select r.operation, r.ok, r.http_status, r.error_class, r.error_code, r.milliseconds,
    r.purchase_id, coalesce(r.skipped_entries, 0), phone_pool.clock()
  from jsonb_to_recordset(p_requests) as r (
    operation text, ok boolean, http_status int, error_class text, error_code text,
    milliseconds int, purchase_id uuid, skipped_entries int);
  select phone_pool.raise_alert('entries_skipped', format(
    '%s entries of %s answers', sum(r.skipped_entries), count(*)), r.operation)
  from jsonb_to_recordset(p_requests) as r (operation text, skipped_entries int)
  where r.skipped_entries > 0
  group by r.operation;
$$;
comment on function phone_pool_worker.record_carrier_requests(jsonb) is
  'Appends requests to Telnyx: [{operation, ok, http_status, error_class, error_code, '
  'milliseconds, purchase_id, skipped_entries}], with an alert for each operation in whose answers '
  'entries were skipped. Security definer: see claim_purchases.';
