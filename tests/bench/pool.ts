import type pg from "pg";

export interface PoolSize {
  available: number;
  /** Organizations that exist already: plans made on empty tables would be sequential scans. */
  organizations: number;
}

export const MARKER = "bench.floor";

/**
 * Fills an empty database. The trigger that assigns numbers does not fire in a session that has set
 * bench.floor to on: there the floor is measured, beside the real thing.
 */
export async function loadPool(admin: pg.Client, size: PoolSize): Promise<void> {
  await admin.query(`
    update phone_pool.settings set max_numbers = 100000000, monthly_budget_usd = 1000000000;
    drop trigger organizations_assign_phone_numbers on public.organizations;
    create trigger organizations_assign_phone_numbers after insert on public.organizations
      referencing new table as new_organizations for each statement
      when (coalesce(current_setting('${MARKER}', true), '') <> 'on')
      execute function phone_pool.tg_organizations__assign_phone_numbers()`);
  await admin.query(
    `insert into public.organizations (name, slug, phone)
     select 'old ' || i, 'old-' || i, '+1' from generate_series(1, $1::int) i`,
    [size.organizations],
  );
  await admin.query(
    `insert into public.phone_numbers
       (phone_number, telnyx_phone_number_id, area_code, monthly_cost, purchased_at)
     select '+1' || 2000000000 + i, i::text, substr((2000000000 + i)::text, 1, 3), 1,
       timestamptz '2026-01-01' + i * interval '1 millisecond'
     from generate_series(1, $1::bigint) i`,
    [size.available],
  );
  await admin.query("vacuum analyze");
}

export interface KnownNumber {
  id: string;
  phone_number: string;
}

/** Numbers that the pool hands out last: the floor takes them without meeting the others. */
export async function lastNumbers(client: pg.Client, count: number): Promise<KnownNumber[]> {
  const { rows } = await client.query<KnownNumber>(
    `select id, phone_number from public.phone_numbers where status = 'available'
     order by purchased_at desc, id limit $1`,
    [count],
  );
  return rows;
}

/** That many numbers more, the newest of the pool. */
export async function topUp(client: pg.Client, count: number): Promise<void> {
  await client.query({
    name: "top-up",
    text: `insert into public.phone_numbers
        (phone_number, telnyx_phone_number_id, area_code, monthly_cost)
      select '+1' || n, n::text, substr(n::text, 1, 3), 1
      from generate_series($1::bigint, $1::bigint + $2 - 1) n`,
    values: [(nextNumber += count) - count, count],
  });
}

// Beyond what loadPool() makes.
let nextNumber = 4_000_000_000;
