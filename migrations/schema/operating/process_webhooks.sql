-- A stored webhook is acted on once, whichever provider sent it: by the Edge Function that stored
-- it, and by the sweep for what that did not come to. It was committed before the provider was told
-- 200.

create function phone_pool_worker.process_webhook_event(p_id bigint)
returns text
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_event phone_pool.webhook_events;
  v_outcome text;
begin
  select * into v_event from phone_pool.webhook_events e
  where e.id = p_id and e.processed_at is null for update skip locked;
  if not found then
    return null;
  end if;
  v_outcome := case v_event.provider
    when 'telnyx' then phone_pool.act_on_telnyx_event(v_event)
    when 'livekit' then phone_pool.act_on_livekit_event(v_event)
    end;
  update phone_pool.webhook_events e
  set processed_at = phone_pool.clock(), outcome = v_outcome where e.id = p_id;
  return v_outcome;
end
$$;
comment on function phone_pool_worker.process_webhook_event(bigint) is
  'Does what a stored event asks for, once, and returns what that was; null: it was done before, '
  'or is being done. Security definer: service_role changes the pool by functions only.';

create function phone_pool.process_webhook_events(p_limit int default 100)
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
    -- The function that has just stored it comes first: it also looks for an agent that left.
    where e.processed_at is null and e.received_at <= phone_pool.clock() - interval '30 seconds'
    order by e.id limit p_limit
  loop
    begin
      perform phone_pool_worker.process_webhook_event(v_id);
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
comment on function phone_pool.process_webhook_events(int) is
  'A step of the sweep: processes events that were stored and not acted on. Returns how many.';
