import type pg from "pg";
import { on } from "../../support/pool.ts";
import { withoutTriggers } from "../../support/raw-rows.ts";

/** How many rows of each a busy installation has. */
export interface Volume {
  organizations: number;
  calls: number;
}

const INDEXES = `
  select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
  from pg_index i
  where i.indrelid = 'phone_pool.intake_calls'::regclass and not i.indisprimary`;

/**
 * Fills an empty database: every organization has a number but for a hundredth each that is free or
 * in quarantine, asked within the last two years, and has been called for since.
 * @param admin a superuser's connection: no trigger runs, nobody is asked for a permit
 */
export async function fill(admin: pg.Client, volume: Volume): Promise<void> {
  await admin.query("set synchronous_commit = off; set jit = off");
  await withoutTriggers(on(admin), () => write(admin, volume));
  await admin.query(`
    analyze public.organizations, public.phone_numbers, phone_pool.tenures, phone_pool.purchases,
      phone_pool.intake_calls, phone_pool.call_records, phone_pool.carrier_requests,
      phone_pool.number_requests, phone_pool.alerts`);
}

async function write(admin: pg.Client, { organizations, calls }: Volume): Promise<void> {
  await admin.query(`
    insert into public.organizations (id, name, slug, phone, created_at)
    select ('00000000-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid, 'Clinic ' || i,
      'clinic-' || i, '+1' || 2010000000 + i, now() - i * interval '10 minutes'
    from generate_series(1, ${organizations}) i;

    insert into phone_pool.purchases (id, status, reason, phone_number, monthly_cost, planned_at,
      next_attempt_at, chosen_at, owned_at)
    select ('00000000-0000-4000-9000-' || lpad(i::text, 12, '0'))::uuid, 'owned', 'low_water',
      '+1' || 2010000000 + i, 1, t.at, t.at, t.at, t.at
    from generate_series(1, ${organizations}) i, lateral (
      select now() - i * interval '11 minutes' as at) t;

    insert into public.phone_numbers (id, phone_number, telnyx_phone_number_id, organization_id,
      status, area_code, monthly_cost, purchase_id, purchased_at, assigned_at, suspended_until,
      suspended_reason)
    select ('00000000-0000-4000-a000-' || lpad(i::text, 12, '0'))::uuid, '+1' || 2010000000 + i,
      i::text, case when s.status = 'assigned'
        then ('00000000-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid end,
      s.status, '201', 1, ('00000000-0000-4000-9000-' || lpad(i::text, 12, '0'))::uuid,
      now() - i * interval '11 minutes', now() - i * interval '10 minutes',
      case when s.status = 'suspended' then now() + interval '60 days' end,
      case when s.status = 'suspended' then 'left' end
    from generate_series(1, ${organizations}) i, lateral (
      select case i % 100 when 0 then 'available' when 1 then 'suspended' else 'assigned' end
        as status) s;

    insert into phone_pool.tenures (phone_number_id, organization_id, requested_at, held,
      quarantine_until, release_reason)
    select ('00000000-0000-4000-a000-' || lpad(i::text, 12, '0'))::uuid,
      ('00000000-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid, t.at,
      tstzrange(t.at, case when i % 100 = 1 then now() end),
      case when i % 100 = 1 then now() + interval '60 days' end, case when i % 100 = 1 then 'left' end
    from generate_series(1, ${organizations}) i, lateral (
      select now() - i * interval '10 minutes' as at) t
    where i % 100 <> 0;

    insert into phone_pool.number_requests (organization_id, requested_at)
    select ('00000000-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid, now() - interval '1 hour'
    from generate_series(100, ${organizations}, 100) i;

    insert into phone_pool.rent_changes (numbers, monthly_cost)
    values (${organizations}, ${organizations});

    insert into phone_pool.carrier_requests (operation, ok, http_status, error_class, milliseconds,
      requested_at)
    select (array['search', 'order', 'find_order'])[1 + i % 3], i % 20 > 0,
      case when i % 20 > 0 then 200 when i % 40 = 0 then 503 end,
      case when i % 20 = 0 then 'carrier_down' end, 80 + i % 300, now() - i * interval '2 minutes'
    from generate_series(1, 60000) i;

    insert into phone_pool.alerts (kind, subject, message, opened_at, last_seen_at, closed_at)
    select 'pool_low', '', 'a test', t.at, t.at, t.at + interval '1 hour'
    from generate_series(1, 5000) i, lateral (select now() - i * interval '2 hours' as at) t`);
  await fillCalls(admin, organizations, calls);
}

/** Indexes are built afterwards: filled row by row they would take most of the time. */
async function fillCalls(admin: pg.Client, organizations: number, calls: number): Promise<void> {
  const { rows: indexes } = await admin.query<{ name: string; definition: string }>(INDEXES);
  for (const { name } of indexes) await admin.query(`drop index ${name}`);
  await admin.query(`
    insert into phone_pool.intake_calls (intake_id, organization_id, patient_id, callee,
      phone_number_id, caller_id, status, request_hash, requested_by, room_name, created_at,
      expires_at, dialing_at, answered_at, left_at, left_reason, ended_at, billed_usd)
    select i::text, o.id, o.id, '+12125550123', n.id, '+12125550100', 'completed', '', 'secret_key',
      '', t.at, t.at, t.at, t.at, t.at + interval '3 minutes', 1, t.at + interval '3 minutes', 0.015
    from generate_series(1, ${calls}) i, lateral (
      select ('00000000-0000-4000-8000-' || lpad((1 + i % ${organizations})::text, 12, '0'))::uuid
        as id) o, lateral (
      select ('00000000-0000-4000-a000-' || lpad((1 + i % ${organizations})::text, 12, '0'))::uuid
        as id) n, lateral (
      select now() - i * interval '7 seconds' as at) t;

    insert into phone_pool.call_records (id, direction, kind, phone_number_id, intake_call_id,
      organization_id, started_at, billed_seconds, cost_usd, recorded_at)
    select c.intake_id, 'outbound', 'intake', c.phone_number_id, c.id, c.organization_id,
      c.created_at, 180, 0.015, c.created_at
    from phone_pool.intake_calls c`);
  for (const { definition } of indexes) await admin.query(definition);
}
