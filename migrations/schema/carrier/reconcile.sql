-- The steps of the Edge Function reconcile-carrier.
--
--   begin_reconciliation      one run at a time, by a lease
--   record_carrier_numbers    what Telnyx lists, page by page
--   find_missing_numbers      not listed: to be asked for one by one, and recorded as missing if
--                             they are not there either; what was not asked for counts as there
--   finish_reconciliation     drifts opened and closed; returns those to heal at Telnyx
--   heal_drift                healed there: closed here, and an adopted number joins the pool
--   record_drift_failure      could not be healed now
--
-- Nothing is concluded before finish_reconciliation: a run that dies leaves no trace. All are
-- security definer: see claim_purchases.

create function phone_pool_worker.begin_reconciliation(p_connection_id text)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := phone_pool.clock();
  v_id bigint;
begin
  if not phone_pool.is_own_project() then
    return null;
  end if;
  -- Two that begin at the same moment: one waits for the other here.
  insert into phone_pool.heartbeats (job, last_at) values ('reconcile_begun', v_now)
  on conflict (job) do update set last_at = excluded.last_at;
  if exists (select from phone_pool.reconciliations r
    where r.finished_at is null and r.lease_until > v_now) then
    return null;
  end if;
  insert into phone_pool.reconciliations (connection_id, started_at, lease_until)
  values (p_connection_id, v_now, v_now + interval '10 minutes')
  returning id into v_id;
  delete from phone_pool.carrier_numbers c where c.reconciliation_id <> v_id;
  return v_id;
end
$$;
comment on function phone_pool_worker.begin_reconciliation(text) is
  'Starts a comparison; p_connection_id is the SIP connection that our numbers belong on. Null: '
  'another one is running, or the database is a copy. Security definer: see claim_purchases.';

create function phone_pool_worker.record_carrier_numbers(
  p_reconciliation_id bigint, p_numbers jsonb
)
returns int
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count int;
begin
  insert into phone_pool.carrier_numbers
    (reconciliation_id, telnyx_phone_number_id, phone_number, status, connection_id,
     customer_reference, tags)
  select p_reconciliation_id, c.id, c.phone_number, nullif(c.status, ''),
    nullif(c.connection_id, ''),
    nullif(c.customer_reference, ''), coalesce(c.tags, '{}')
  from jsonb_to_recordset(p_numbers) as c (id text, phone_number text, status text,
    connection_id text, customer_reference text, tags text[])
  where coalesce(c.status, '') not in ('deleted', 'ported-out')
  on conflict on constraint carrier_numbers_pkey do nothing;
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function phone_pool_worker.record_carrier_numbers(bigint, jsonb) is
  'Numbers of the account: [{id, phone_number, status, connection_id, customer_reference, tags}]. '
  'Returns how many were new; a number listed twice is kept once. Security definer: see '
  'claim_purchases.';

create function phone_pool_worker.find_missing_numbers(p_reconciliation_id bigint)
returns table (phone_number text, telnyx_phone_number_id text)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select n.phone_number, n.telnyx_phone_number_id
  from phone_pool.reconciliations r
  join public.phone_numbers n
    on n.status <> 'released' and n.purchased_at < r.started_at - interval '10 minutes'
  where r.id = p_reconciliation_id and not exists (
    select from phone_pool.carrier_numbers c
    where c.reconciliation_id = r.id and c.phone_number = n.phone_number)
  order by n.organization_id is null, n.phone_number
  limit 200;
$$;
comment on function phone_pool_worker.find_missing_numbers(bigint) is
  'Numbers of ours that were not listed: a page may have lost them. At most 200, those that '
  'organizations hold first. Security definer: see claim_purchases.';

create function phone_pool_worker.finish_reconciliation(p_reconciliation_id bigint)
returns table (
  drift_id bigint,
  kind text,
  phone_number text,
  telnyx_phone_number_id text,
  customer_reference text,
  tag text
)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := phone_pool.clock();
  v_result text := 'compared';
begin
  perform from phone_pool.reconciliations r
  where r.id = p_reconciliation_id and r.finished_at is null and r.lease_until > v_now for update;
  if not found then
    perform phone_pool.raise_error('invalid_request', 'this reconciliation is over');
  end if;
  -- With another account's key everything would look gone.
  if (select count(*) > 2 from phone_pool.carrier_numbers c
      where c.reconciliation_id = p_reconciliation_id and c.status = 'missing')
    and not exists (select from public.phone_numbers n
      join phone_pool.carrier_numbers c on c.phone_number = n.phone_number
        and c.reconciliation_id = p_reconciliation_id
      where n.status <> 'released' and c.status <> 'missing') then
    v_result := 'implausible';
    perform phone_pool.raise_alert('reconciliation_implausible',
      'Telnyx lists none of our numbers: is TELNYX_API_KEY of the right account?');
  else
    perform phone_pool.close_alert('reconciliation_implausible');
    perform phone_pool.update_drifts(p_reconciliation_id);
    perform phone_pool.follow_carrier_status(p_reconciliation_id);
  end if;
  update phone_pool.reconciliations r
  set finished_at = v_now, result = v_result, carrier_numbers = (
    select count(*) from phone_pool.carrier_numbers c where c.reconciliation_id = r.id)
  where r.id = p_reconciliation_id;
  perform phone_pool.beat('reconcile-carrier', jsonb_build_object('result', v_result));
  return query
  select d.id, d.kind, d.phone_number, d.telnyx_phone_number_id, d.purchase_id::text, s.carrier_tag
  from phone_pool.drifts d, phone_pool.settings s
  where v_result = 'compared' and d.closed_at is null and d.is_safe
    and d.kind in ('unknown_at_carrier', 'wrong_connection', 'wrong_reference')
  order by d.id limit 200;
end
$$;
comment on function phone_pool_worker.finish_reconciliation(bigint) is
  'Opens and closes drifts and alerts by what was listed, and returns those to heal at Telnyx, '
  'with what the number should have there. Raises invalid_request when the run is over. Security '
  'definer: see claim_purchases.';
