-- What each record of Telnyx is about: a permitted call, somebody who calls our number, the leg by
-- which such a call is forwarded, or a call from our number that nobody has permitted.
--
-- A permitted call is known by the Call-ID of its SIP dialog, which LiveKit tells when the phone
-- leg leaves; without that (it was never answered, the webhook was lost) by our number, the called
-- one and the time, each call once.
--
-- Lock order: a record, then an intake call or a phone number; whatever is locked by somebody else
-- is matched by the next sweep.

create function phone_pool.callee_key()
returns text
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_key text;
begin
  v_key := phone_pool.vault_secret('phone_pool_callee_key');
  if v_key is null then
    perform phone_pool.raise_alert('callee_key_missing',
      'Vault has no secret phone_pool_callee_key: calls are matched by number and time only');
  end if;
  return v_key;
exception when others then
  -- Records are read without it, too.
  raise warning 'phone_pool could not read the key of callees: %', sqlerrm;
  perform phone_pool.raise_alert('callee_key_missing', sqlerrm);
  return null;
end
$$;
comment on function phone_pool.callee_key() is
  'The key of the hashes of callees; null, with an alert, when it cannot be read. Security '
  'definer: reads Vault.';

create function phone_pool.find_permitted_call(p_record phone_pool.call_records)
returns uuid
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_call_id uuid;
  v_key text;
begin
  select c.id into v_call_id from phone_pool.intake_calls c
  where c.sip_call_id_full = p_record.sip_call_id
    and c.phone_number_id = p_record.phone_number_id limit 1;
  if found then
    return v_call_id;
  end if;
  -- Telnyx may write two records of a call, such as for a second route.
  select r.intake_call_id into v_call_id from phone_pool.call_records r
  where r.sip_call_id = p_record.sip_call_id and r.kind = 'intake' and r.id <> p_record.id limit 1;
  if found then
    return v_call_id;
  end if;
  v_key := case when p_record.party_hash is not null then phone_pool.callee_key() end;
  select c.id into v_call_id from phone_pool.intake_calls c
  where c.phone_number_id = p_record.phone_number_id and c.status <> 'refused'
    and c.dialing_at is not null
    -- A permit may be old when it is used; expires_at bounds that.
    and c.created_at between p_record.started_at - interval '10 minutes'
      and p_record.started_at + interval '1 minute'
    and c.dialing_at between p_record.started_at - interval '5 minutes'
      and p_record.started_at + interval '1 minute'
    and (v_key is null or p_record.party_hash = phone_pool.callee_hash(c.callee, v_key))
    and not exists (select from phone_pool.call_records r where r.intake_call_id = c.id)
  order by abs(extract(epoch from c.dialing_at - p_record.started_at)), c.id limit 1;
  return v_call_id;
end
$$;
comment on function phone_pool.find_permitted_call(phone_pool.call_records) is
  'The intake call that an outbound record is of; null: none is known.';

create function phone_pool.match_call_record(p_record phone_pool.call_records)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_record phone_pool.call_records := p_record;
  v_call phone_pool.intake_calls;
  v_call_id uuid;
begin
  if v_record.direction = 'outbound' and v_record.phone_number_id is not null then
    v_call_id := phone_pool.find_permitted_call(v_record);
  end if;
  if v_call_id is not null then
    -- The call's row, or inbound the number's, may be locked: later, then.
    select * into v_call from phone_pool.intake_calls c where c.id = v_call_id
    for no key update skip locked;
    if not found then
      return false;
    end if;
    update phone_pool.intake_calls c
    set billed_usd = coalesce(c.billed_usd, 0) + v_record.cost_usd where c.id = v_call_id;
    v_record.kind := 'intake';
    v_record.organization_id := v_call.organization_id;
  elsif v_record.direction = 'inbound' then
    v_record.kind := case when v_record.phone_number_id is null then 'foreign' else 'inbound' end;
  else
    select 'forwarded', i.phone_number_id, i.tenure_id, i.organization_id
    into v_record.kind, v_record.phone_number_id, v_record.tenure_id, v_record.organization_id
    from phone_pool.call_records i
    where i.telnyx_session_id = v_record.telnyx_session_id and i.direction = 'inbound'
      and i.phone_number_id is not null
    limit 1;
    if not found then
      v_record.phone_number_id := p_record.phone_number_id;
      v_record.tenure_id := p_record.tenure_id;
      v_record.organization_id := p_record.organization_id;
      v_record.kind := case when p_record.phone_number_id is null then 'foreign'
        else 'without_permit' end;
    end if;
  end if;
  if v_record.kind = 'inbound' and phone_pool.note_inbound_call(v_record.id) = 'locked' then
    return false;
  end if;
  update phone_pool.call_records r
  set kind = v_record.kind, intake_call_id = v_call_id, organization_id = v_record.organization_id,
    phone_number_id = v_record.phone_number_id, tenure_id = v_record.tenure_id
  where r.id = v_record.id;
  if v_record.kind in ('intake', 'without_permit') then
    perform phone_pool.alert_call_record(v_record);
  end if;
  return true;
end
$$;
comment on function phone_pool.match_call_record(phone_pool.call_records) is
  'Finds out what a record is about, and does what follows: the cost of an intake call, a longer '
  'quarantine, an alert. False: somebody else has the row that it is about.';

create function phone_pool.alert_call_record(p_record phone_pool.call_records)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_subject text := p_record.phone_number_id;
  v_number text;
begin
  select right(n.phone_number, 4) into strict v_number
  from public.phone_numbers n where n.id = p_record.phone_number_id;
  if p_record.kind = 'without_permit' then
    perform phone_pool.raise_alert('call_without_permit', format(
      'a call from …%s at %s, %s s for %s dollars (record %s): no intake call is known',
      v_number, to_char(p_record.started_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"'),
      p_record.billed_seconds, p_record.cost_usd, p_record.id), v_subject);
  end if;
  if p_record.attestation = 'A' then
    perform phone_pool.close_alert('attestation_low', v_subject);
  elsif p_record.attestation is not null and not exists (
    select from phone_pool.alerts a
    where a.kind = 'attestation_low' and a.subject = v_subject and a.closed_at is null) then
    perform phone_pool.raise_alert('attestation_low', format(
      'calls from …%s are signed with attestation %s', v_number, p_record.attestation),
      v_subject);
  end if;
end
$$;
comment on function phone_pool.alert_call_record(phone_pool.call_records) is
  'call_without_permit and attestation_low, by number.';

create function phone_pool.match_call_records(p_limit int default 1000)
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_record phone_pool.call_records;
  v_count int := 0;
begin
  for v_record in
    select r.* from phone_pool.call_records r, phone_pool.call_record_import i
    where r.kind is null
      -- The list shows the leg of a forwarded call before the call: both are to be here.
      and (i.began_at is null or r.recorded_at < i.began_at
        or r.recorded_at < phone_pool.clock() - interval '10 minutes')
    order by r.started_at, r.id limit p_limit for update of r skip locked
  loop
    v_count := v_count + phone_pool.match_call_record(v_record)::int;
  end loop;
  return v_count;
end
$$;
comment on function phone_pool.match_call_records(int) is
  'A step of the sweep: what the records that were read are about. Returns how many were matched.';
