-- The days. Every event is a transaction of its own, as in life.

create procedure sim.happen(p_slot int) language plpgsql as $$
declare
  v_state text := (select c.state from sim.clinics c where c.slot = p_slot);
begin
  if v_state = 'absent' then
    perform sim.join_clinic(p_slot);
  elsif v_state = 'active' and sim.chance(0.1) then
    perform sim.leave(p_slot);
  elsif v_state = 'active' then
    perform sim.call_patient(p_slot);
  elsif sim.chance(0.05) then
    delete from public.organizations o using sim.clinics c
    where c.slot = p_slot and o.id = c.organization_id;
    update sim.clinics set state = 'absent', organization_id = null where slot = p_slot;
    perform sim.count('deleted');
  elsif sim.chance(0.3) then
    perform sim.come_back(p_slot);
  end if;
end
$$;

create procedure sim.run(p_seed double precision, p_first_day int, p_days int, p_clinics int)
language plpgsql as $$
declare
  v_yesterday bigint;
  v_last bigint;
begin
  perform setseed(p_seed);
  for v_day in p_first_day..p_first_day + p_days - 1 loop
    perform set_config('sim.day', (timestamptz '2030-01-01 00:00Z' + v_day * interval '24 hours')::text, false);
    select coalesce(max(t.id), 0) into v_yesterday from phone_pool.tenures t;
    v_last := v_yesterday;
    for k in 1..6 loop
      call sim.happen(sim.draw(p_clinics));
      commit;
      perform sim.check_new_tenures(v_last);
      select coalesce(max(t.id), 0) into v_last from phone_pool.tenures t;
    end loop;
    call sim.ring(v_day);
    call sim.buy_due();
    call sim.give_back_due();
    perform phone_pool.sweep();
    commit;
    -- A minute later: what came out of quarantine serves who waits.
    perform phone_pool.serve_waiting();
    commit;
    perform sim.check_new_tenures(v_last);
    perform sim.check_day(v_yesterday);
    commit;
  end loop;
end
$$;

-- What happened, without the ids that no seed decides.
create function sim.story() returns text language sql stable as $$
  select md5(string_agg(concat_ws(' ', n.phone_number, o.name, lower(t.held)::date, upper(t.held)::date,
    t.quarantine_until::date, t.resumed_at::date, t.release_reason, n.status, n.retire_reason), E'\n'
    order by n.phone_number, t.id))
  from phone_pool.tenures t
  join public.phone_numbers n on n.id = t.phone_number_id
  join sim.organizations o on o.organization_id = t.organization_id;
$$;
