import type { Runner } from "../../support/pool.ts";
import type { RawPool } from "./random-pool.ts";

/** Writes the rows as they are. The session is a superuser's without triggers. */
export async function writePool(db: Runner, pool: RawPool): Promise<void> {
  const insert = (sql: string, rows: object[]) => db.query(sql, [JSON.stringify(rows)]);
  await insert(
    `insert into public.organizations (id, name, slug, phone, created_at)
     select id, name, id::text, phone, phone_pool.clock() from jsonb_to_recordset($1) as r (id uuid, name text, phone text)`,
    pool.organizations,
  );
  await insert(
    `insert into public.phone_numbers (id, phone_number, telnyx_phone_number_id, organization_id,
       status, area_code, monthly_cost, purchased_at, assigned_at, suspended_until,
       suspended_reason, released_at)
     select id, phone_number, id::text, organization_id, status, '201', monthly_cost, purchased_at,
       case when status = 'assigned' then now() end, case when status = 'suspended' then now() end,
       case when status = 'suspended' then 'left' end, case when status = 'released' then now() end
     from jsonb_to_recordset($1) as r (id uuid, phone_number text, organization_id uuid,
       status text, monthly_cost numeric, purchased_at timestamptz)`,
    pool.numbers,
  );
  await insert(
    `insert into phone_pool.carrier_releases (phone_number_id, monthly_cost, next_attempt_at,
       requested_at, gone_at)
     select id, monthly_cost, 'infinity', 'infinity', gone_at
     from jsonb_to_recordset($1) as r (id uuid, monthly_cost numeric, gone_at timestamptz)`,
    pool.numbers.filter((number) => number.status === "released"),
  );
  await insert(
    `insert into phone_pool.tenures (phone_number_id, organization_id, requested_at, held,
       quarantine_until, resumed_at, release_reason, override_id)
     select phone_number_id, organization_id, requested_at, tstzrange("from", until),
       quarantine_until, resumed_at, case when until is not null then 'left' end,
       case when until is not null then 1 end
     from jsonb_to_recordset($1) as r (phone_number_id uuid, organization_id uuid,
       requested_at timestamptz, "from" timestamptz, until timestamptz,
       quarantine_until timestamptz, resumed_at timestamptz)`,
    pool.tenures,
  );
  await insert(
    `insert into phone_pool.number_requests (organization_id, requested_at, failures, not_before)
     select organization_id, requested_at, failures, case when failures > 0 then requested_at end
     from jsonb_to_recordset($1) as r (organization_id uuid, requested_at timestamptz,
       failures int)`,
    pool.requests,
  );
  await insert(
    `insert into phone_pool.purchases (id, status, reason, monthly_cost, upfront_cost, planned_at,
       next_attempt_at, ended_at, phone_number, chosen_at, owned_at)
     select id, status, 'low_water', 1, upfront_cost, coalesce(owned_at, next_attempt_at),
       next_attempt_at,
       case when status in ('failed', 'cancelled') then next_attempt_at end,
       case when status = 'owned' then '+1646556' || right(id::text, 4) end, owned_at, owned_at
     from jsonb_to_recordset($1) as r (id uuid, status text, next_attempt_at timestamptz,
       upfront_cost numeric, owned_at timestamptz)`,
    pool.purchases,
  );
  await insert(
    `insert into phone_pool.intake_calls (intake_id, organization_id, patient_id, callee,
       phone_number_id, caller_id, status, reason, request_hash, requested_by, room_name,
       created_at, expires_at, dialing_at, answered_at, left_at, left_reason, ended_at)
     select gen_random_uuid()::text, organization_id, organization_id, '+12125550123',
       gen_random_uuid(), '+12125550100', status, 'a test', '', 'secret_key', '', created_at,
       created_at, created_at, answered_at, left_at, case when left_at is not null then 1 end,
       created_at
     from jsonb_to_recordset($1) as r (organization_id uuid, status text, created_at timestamptz,
       answered_at timestamptz, left_at timestamptz)`,
    pool.calls,
  );
  await insert(
    `insert into phone_pool.carrier_requests (operation, ok, http_status, error_class,
       milliseconds, requested_at)
     select * from jsonb_to_recordset($1) as r (operation text, ok boolean, http_status int,
       error_class text, milliseconds int, requested_at timestamptz)`,
    pool.carrier,
  );
  await insert(
    `insert into phone_pool.low_water_episodes (began_at, ended_at)
     select began_at, ended_at from jsonb_to_recordset($1) as r (began_at timestamptz,
       ended_at timestamptz)`,
    pool.episodes,
  );
  await db.query(`
    insert into phone_pool.rent_changes (numbers, monthly_cost)
      select count(*), coalesce(sum(n.monthly_cost), 0) from public.phone_numbers n
      left join phone_pool.carrier_releases r on r.phone_number_id = n.id
      where r.gone_at is null;
    select phone_pool.beat('sweep'), phone_pool.beat('reconcile-carrier'),
      phone_pool.beat('call-records'),
      phone_pool.forecast_demand()`);
}
