-- The comparison itself: pure queries over what Telnyx listed and what we know. Whatever has been
-- changed within the last minutes may look different on the two sides and is left out.

create function phone_pool.find_carrier_drifts(p_reconciliation_id bigint)
returns table (
  kind text, phone_number text, phone_number_id uuid, purchase_id uuid,
  telnyx_phone_number_id text, detail text, monthly_cost numeric, is_safe boolean
)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with run as (
    select r.id, r.started_at, r.connection_id, s.carrier_tag, s.number_monthly_cost_usd
    from phone_pool.reconciliations r, phone_pool.settings s where r.id = p_reconciliation_id
  ),
  unknown as (
    select c.*, p.id as purchase_id, run.number_monthly_cost_usd,
      p.id is not null or coalesce(run.carrier_tag = any (c.tags), false) as is_ours,
      c.status = 'active' as is_active
    from run
    join phone_pool.carrier_numbers c on c.reconciliation_id = run.id
    left join phone_pool.purchases p on p.id::text = c.customer_reference
    where not exists (
        select from public.phone_numbers n where n.phone_number = c.phone_number)
      and not exists (select from phone_pool.known_numbers k where k.phone_number = c.phone_number)
      -- A worker is about to record it.
      and not exists (select from phone_pool.purchases p
        where p.phone_number = c.phone_number and p.status in ('ordering', 'ordered'))
  ),
  released as (
    select c.*, n.id as number_id, n.monthly_cost, n.purchase_id,
      c.telnyx_phone_number_id = n.telnyx_phone_number_id
        or coalesce(c.customer_reference = n.purchase_id::text, false) as is_ours
    from run
    join phone_pool.carrier_numbers c on c.reconciliation_id = run.id
    join public.phone_numbers n on n.phone_number = c.phone_number
    where n.status = 'released' and n.released_at < run.started_at - interval '1 hour'
      and not exists (select from phone_pool.known_numbers k where k.phone_number = c.phone_number)
  )
  select 'unknown_at_carrier', u.phone_number, null::uuid, u.purchase_id,
    u.telnyx_phone_number_id, case
      when not u.is_ours then 'not ours; if it is expected, list it in phone_pool.known_numbers'
      when not u.is_active or u.is_active is null
        then format('ours, status %s: adopted when it is active', coalesce(u.status, 'not told'))
      else 'ours by customer_reference or tag' end,
    u.number_monthly_cost_usd, u.is_ours and coalesce(u.is_active, false)
      and u.phone_number ~ '^\+1[2-9][0-9]{2}[2-9][0-9]{6}$'
      and phone_pool.is_area_code(substr(u.phone_number, 3, 3))
  from unknown u
  union all
  select 'released_still_billed', r.phone_number, r.number_id, r.purchase_id,
    r.telnyx_phone_number_id, case when r.is_ours then 'deleted again'
      else 'in the account again, under another id and without our reference' end,
    r.monthly_cost, r.is_ours
  from released r;
$$;
comment on function phone_pool.find_carrier_drifts(bigint) is
  'Numbers that Telnyx bills and that we do not rent, to our knowledge.';

create function phone_pool.find_number_drifts(p_reconciliation_id bigint)
returns table (
  kind text, phone_number text, phone_number_id uuid, purchase_id uuid,
  telnyx_phone_number_id text, detail text, monthly_cost numeric, is_safe boolean
)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with run as (
    select r.id, r.started_at, r.connection_id, s.carrier_tag
    from phone_pool.reconciliations r, phone_pool.settings s where r.id = p_reconciliation_id
  ),
  ours as (
    select n.id as number_id, n.phone_number, n.purchase_id, n.monthly_cost, n.purchased_at,
      n.telnyx_phone_number_id as expected_id, c.telnyx_phone_number_id as found_id,
      c.connection_id, coalesce(c.customer_reference, '') as reference, c.status as carrier_status,
      run.started_at, c.connection_id is distinct from run.connection_id as is_elsewhere,
      coalesce(not (c.tags @> array[run.carrier_tag]) and run.carrier_tag is not null, false)
        as lacks_tag
    from run
    join public.phone_numbers n
      on n.status <> 'released' and n.purchased_at < run.started_at - interval '10 minutes'
    -- A number may be listed twice, as once ported and now here.
    left join lateral (
      select l.* from phone_pool.carrier_numbers l
      where l.reconciliation_id = run.id and l.phone_number = n.phone_number
      order by l.status = 'active' desc, l.telnyx_phone_number_id = n.telnyx_phone_number_id desc
      limit 1
    ) c on true
  ),
  -- Were nearly all of them elsewhere, it would be our own setting that is wrong.
  elsewhere as (
    select o.*, count(*) over () <= greatest(5, (select count(*) from ours) / 2) as is_few
    from ours o
    where o.found_id = o.expected_id and o.carrier_status <> 'missing' and o.is_elsewhere
  )
  select 'gone_at_carrier', o.phone_number, o.number_id, o.purchase_id, null::text,
    'not in the account: replace it where an organization has it, then retire_phone_number()',
    o.monthly_cost, false
  from ours o where o.carrier_status = 'missing'
  union all
  select 'wrong_connection', e.phone_number, e.number_id, e.purchase_id, e.found_id,
    'connection ' || coalesce(e.connection_id, 'none'), e.monthly_cost, e.is_few
  from elsewhere e
  union all
  select 'wrong_reference', o.phone_number, o.number_id, o.purchase_id, o.found_id,
    case when o.found_id <> o.expected_id then 'id on record: ' || o.expected_id
      when o.reference <> '' and o.reference <> o.purchase_id::text
        then 'customer_reference ' || o.reference
      else 'customer_reference or tag is missing' end,
    o.monthly_cost,
    o.found_id = o.expected_id and (o.reference = '' or o.purchase_id is null
      or o.reference = o.purchase_id::text)
  from ours o
  where o.found_id is not null and o.carrier_status is distinct from 'missing'
    and (o.found_id <> o.expected_id or o.reference <> o.purchase_id::text or o.lacks_tag)
  union all
  select 'not_active', o.phone_number, o.number_id, o.purchase_id, o.found_id,
    'status ' || o.carrier_status, o.monthly_cost, false
  from ours o where o.carrier_status not in ('active', 'missing')
  union all
  select 'pending_too_long', p.phone_number, null, p.id, null,
    format('purchase is %s since %s', p.status, coalesce(p.ordered_at, p.chosen_at)),
    p.monthly_cost, false
  from run, phone_pool.purchases p
  where p.status in ('ordering', 'ordered')
    and coalesce(p.ordered_at, p.chosen_at) < run.started_at - interval '1 hour';
$$;
comment on function phone_pool.find_number_drifts(bigint) is
  'Numbers of ours, owned or on order, that are not at Telnyx as they should be.';

create function phone_pool.find_drifts(p_reconciliation_id bigint)
returns table (
  kind text, phone_number text, phone_number_id uuid, purchase_id uuid,
  telnyx_phone_number_id text, detail text, monthly_cost numeric, is_safe boolean
)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select distinct on (f.kind, f.phone_number) f.* from (
    select * from phone_pool.find_carrier_drifts(p_reconciliation_id)
    union all
    select * from phone_pool.find_number_drifts(p_reconciliation_id)
  ) f
  order by f.kind, f.phone_number, f.is_safe;
$$;
comment on function phone_pool.find_drifts(bigint) is
  'Every difference, one a kind and number; of two the one that needs a person.';
