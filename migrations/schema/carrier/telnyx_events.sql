-- What a webhook of Telnyx is good for. Only a hint: it may come twice, late, out of order or
-- never, so that it decides nothing and only makes somebody look.
--
--   number_order.complete   the purchase is due at once; the worker asks what became of the order
--   call.initiated          somebody calls one of our numbers: phone_pool.note_inbound_call()
--
-- Stored by record_webhook_event and committed before Telnyx is told 200; what was not processed
-- then is processed by the sweep.

create function phone_pool_worker.process_telnyx_event(p_id bigint)
returns text
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  v_event phone_pool.webhook_events;
  v_outcome text := 'ignored';
begin
  select * into v_event from phone_pool.webhook_events e
  where e.id = p_id and e.provider = 'telnyx' and e.processed_at is null
  for update skip locked;
  if not found then
    return 'processed before';
  end if;
  if v_event.event_type = 'number_order.complete' then
    v_outcome := phone_pool.hasten_purchase(v_event.payload ->> 'customer_reference');
  elsif v_event.event_type = 'call.initiated' and v_event.payload ->> 'direction' = 'incoming' then
    v_outcome := 'inbound call ' || phone_pool.note_inbound_call(
      v_event.payload ->> 'to', v_event.event_id,
      coalesce(v_event.occurred_at, v_event.received_at));
  end if;
  update phone_pool.webhook_events e
  set processed_at = phone_pool.clock(), outcome = v_outcome
  where e.id = p_id;
  return v_outcome;
end
$$;
comment on function phone_pool_worker.process_telnyx_event(bigint) is
  'Acts on a stored event of Telnyx, once, and returns what was done. Security definer: '
  'service_role changes the pool by functions only.';

create function phone_pool.hasten_purchase(p_customer_reference text)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  -- A worker that has claimed it is asking already, and is not to be disturbed.
  update phone_pool.purchases p
  set next_attempt_at = least(p.next_attempt_at, phone_pool.clock())
  where p.id::text = p_customer_reference and p.status in ('ordering', 'ordered')
    and (p.lease_until is null or p.lease_until <= phone_pool.clock());
  if not found then
    return 'no purchase is waiting for it';
  end if;
  perform phone_pool.nudge('replenish-pool');
  return 'purchase made due';
end
$$;
comment on function phone_pool.hasten_purchase(text) is
  'Telnyx says that the order of this customer_reference is complete: look now.';

create function phone_pool.process_telnyx_events()
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id bigint;
  v_count int := 0;
begin
  for v_id in
    select e.id from phone_pool.webhook_events e
    where e.provider = 'telnyx' and e.processed_at is null
    order by e.id
    limit 100
  loop
    begin
      perform phone_pool_worker.process_telnyx_event(v_id);
      v_count := v_count + 1;
    exception when others then
      -- One event that cannot be processed must not hold up the others, nor the sweep.
      raise warning 'phone_pool could not process webhook event %: %', v_id, sqlerrm;
      perform phone_pool.raise_alert('webhook_failed', sqlerrm, v_id::text);
      update phone_pool.webhook_events e
      set processed_at = phone_pool.clock(), outcome = 'failed: ' || sqlerrm
      where e.id = v_id;
    end;
  end loop;
  return v_count;
end
$$;
comment on function phone_pool.process_telnyx_events() is
  'A step of the sweep: processes events that were stored and not acted on. Returns how many.';
