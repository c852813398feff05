-- What a webhook of Telnyx is good for. Only a hint: it may come twice, late, out of order or
-- never, so that it decides nothing and only makes somebody look.
--
--   number_order.complete   the purchase is due at once; the worker asks what became of the order
--
-- Who calls our numbers is read from Telnyx's records: whether a SIP trunk sends call.initiated at
-- all is not documented.

create function phone_pool.act_on_telnyx_event(p_event phone_pool.webhook_events)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_event.event_type = 'number_order.complete' then
    -- A worker that has claimed it is asking already, and is not to be disturbed.
    update phone_pool.purchases p
    set next_attempt_at = least(p.next_attempt_at, phone_pool.clock())
    where p.id::text = p_event.payload ->> 'customer_reference'
      and p.status in ('ordering', 'ordered')
      and (p.lease_until is null or p.lease_until <= phone_pool.clock());
    if not found then
      return 'no purchase is waiting for it';
    end if;
    perform phone_pool.nudge('replenish-pool');
    return 'purchase made due';
  end if;
  return 'ignored';
end
$$;
comment on function phone_pool.act_on_telnyx_event(phone_pool.webhook_events) is
  'Does what a stored event of Telnyx asks for, and returns what that was.';
