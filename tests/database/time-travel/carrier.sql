-- What replenish-pool and release-numbers do, by the same steps, with the same interruptions: a
-- worker may die between any two of them.

create procedure sim.buy(p_purchase phone_pool.purchases) language plpgsql as $$
declare
  v_number text := p_purchase.phone_number;
  v_telnyx_id text;
begin
  if v_number is null then
    if sim.chance(0.02) then
      perform phone_pool_worker.record_purchase_failure(p_purchase.id, p_purchase.claim_token, 'carrier_down', 'away');
      return;
    end if;
    v_number := '+1' || coalesce(p_purchase.area_code, '646') || '2'
      || lpad(nextval('sim.line_number')::text, 6, '0');
    if not phone_pool_worker.choose_purchase_number(p_purchase.id, p_purchase.claim_token, v_number, 1, 1) then
      perform sim.fail('a new number was refused');
    end if;
    commit;
    if sim.chance(0.02) then
      perform sim.count('buyers died before the order');
      return;
    end if;
  end if;
  insert into sim.carrier (phone_number, telnyx_id, reference)
  values (v_number, nextval('sim.telnyx_id')::text, p_purchase.id) on conflict do nothing;
  commit;
  if sim.chance(0.02) then
    perform sim.count('buyers died after the order');
    return;
  end if;
  select c.telnyx_id into strict v_telnyx_id from sim.carrier c where c.phone_number = v_number;
  perform phone_pool_worker.record_purchase_ordered(p_purchase.id, p_purchase.claim_token, 'order ' || v_number);
  commit;
  if sim.chance(0.1) then
    perform phone_pool_worker.drop_purchase_claim(p_purchase.id, p_purchase.claim_token, 5);
    return;
  end if;
  perform phone_pool_worker.record_purchase_owned(p_purchase.id, p_purchase.claim_token, v_telnyx_id);
  perform sim.count('numbers bought');
end
$$;

create procedure sim.buy_due() language plpgsql as $$
declare
  v_purchase phone_pool.purchases;
  v_purchases phone_pool.purchases[];
begin
  -- All first: a loop over the query would not survive the commits in it.
  v_purchases := array(select p from phone_pool_worker.claim_purchases(50) p order by p.planned_at, p.area_code);
  commit;
  foreach v_purchase in array v_purchases loop
    call sim.buy(v_purchase);
    commit;
  end loop;
end
$$;

create procedure sim.give_back_due() language plpgsql as $$
declare
  v_releases jsonb;
  v_release jsonb;
begin
  select coalesce(jsonb_agg(to_jsonb(r) order by r.phone_number), '[]') into v_releases
  from phone_pool_worker.claim_number_releases(50) r;
  commit;
  for v_release in select * from jsonb_array_elements(v_releases) loop
    if sim.chance(0.1) then
      perform sim.count('releasers died before the delete');
      continue;
    elsif sim.chance(0.05) then
      perform phone_pool_worker.record_number_release_failure((v_release ->> 'phone_number_id')::uuid,
        (v_release ->> 'claim_token')::uuid, 'invalid', 'deletion lock');
      perform sim.count('deletes refused');
      continue;
    end if;
    update sim.carrier c set is_billed = false where c.phone_number = v_release ->> 'phone_number';
    commit;
    if sim.chance(0.1) then
      perform sim.count('releasers died after the delete');
      continue;
    end if;
    perform phone_pool_worker.record_number_gone((v_release ->> 'phone_number_id')::uuid,
      (v_release ->> 'claim_token')::uuid);
    commit;
    perform sim.count('numbers given back');
  end loop;
end
$$;

-- People who still have the number of the clinic that left; one number in five is on a wall somewhere.
create procedure sim.ring(p_day int) language plpgsql as $$
declare
  v_number text;
  v_outcome text;
  v_again text;
begin
  for k in 1..2 loop
    select n.phone_number into v_number from (
      select s.phone_number, row_number() over (order by s.phone_number) - 1 as place,
        count(*) over () as total
      from public.phone_numbers s
      where s.status = 'suspended' and (k = 1 or right(s.phone_number, 1) in ('3', '7'))
    ) n where n.place = floor(abs(hashint8(p_day * 7 + k)) % n.total);
    continue when v_number is null or not sim.chance(0.4);
    insert into phone_pool.call_records (id, direction, kind, phone_number_id, tenure_id,
      party_hash, started_at, billed_seconds, cost_usd, recorded_at)
    select format('record-%s-%s', p_day, k), 'inbound', 'inbound', n.id, (
        select t.id from phone_pool.tenures t where t.phone_number_id = n.id
        order by lower(t.held) desc limit 1),
      sha256(convert_to(format('caller-%s-%s', p_day, k), 'UTF8')), phone_pool.clock(), 60, 0.004,
      phone_pool.clock()
    from public.phone_numbers n where n.phone_number = v_number;
    v_outcome := phone_pool.note_inbound_call(format('record-%s-%s', p_day, k));
    perform sim.count('inbound calls ' || v_outcome);
    commit;
  end loop;
end
$$;
