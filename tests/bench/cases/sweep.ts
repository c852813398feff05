import type pg from "pg";
import { fill } from "../../admin/support/volume.ts";
import { on, setVault } from "../../support/pool.ts";
import { withoutTriggers } from "../../support/raw-rows.ts";
import { spread } from "../compare.ts";
import { once, type Result } from "../report.ts";
import type { BenchServer } from "../server.ts";

const RUNS = 7;

/** What is due, and when no sweep has anything to do about it any more. */
const DUE: Record<string, { prepare: string; left: string }> = {
  "quarantines that are over": {
    prepare: `update phone_pool.settings set keep_idle_above = 1000000;
      update phone_pool.tenures t set quarantine_until = now() - interval '1 day',
        held = tstzrange(now() - interval '200 days', now() - interval '100 days'),
        release_reason = 'left', requested_at = now() - interval '200 days';
      update public.phone_numbers set status = 'suspended', organization_id = null,
        suspended_until = now() - interval '1 day', suspended_reason = 'left'
      where status = 'assigned';
      update public.organizations set phone = null, subscription_status = 'canceled'`,
    left: `select count(*)::int as left from public.phone_numbers
      where status = 'suspended' and suspended_until < now()`,
  },
  "organizations that wait": {
    prepare: `update public.organizations set phone = null;
      delete from phone_pool.tenures;
      update public.phone_numbers set status = 'available', organization_id = null,
        suspended_until = null, suspended_reason = null, assigned_at = null;
      insert into phone_pool.number_requests (organization_id, requested_at)
        select id, now() from public.organizations`,
    left: "select count(*)::int as left from phone_pool.number_requests",
  },
};

/** One run of the sweep with nothing to do, and how long a backlog takes it. */
export async function sweep(server: BenchServer, isQuick: boolean): Promise<Result[]> {
  const rows = isQuick ? 2000 : 10_000;
  const results: Result[] = [];
  await using idle = await server.database({ available: 1000, organizations: rows });
  const client = await idle.connect();
  await setVault(on(client));
  await timeSweep(client);
  const runs: number[] = [];
  for (let run = 0; run < RUNS; run++) runs.push(await timeSweep(client));
  results.push({ what: "a sweep with nothing to do", unit: "ms", ...spread(runs) });
  await client.end();
  for (const [what, { prepare, left }] of Object.entries(DUE)) {
    const took = await clear(server, rows, prepare, left);
    results.push(
      { what: `${rows} ${what}: a sweep`, unit: "ms", ...spread(took), atMost: 60_000 },
      { what: `${rows} ${what}: sweeps until done`, unit: "", ...once(took.length) },
    );
  }
  return results;
}

/** Milliseconds of every sweep until nothing is left, the last of which found nothing. */
async function clear(
  server: BenchServer,
  rows: number,
  prepare: string,
  left: string,
): Promise<number[]> {
  await using database = await server.database({ available: 0, organizations: 0 });
  const client = await database.connect();
  await fill(client, { organizations: rows, calls: 0 });
  // A past that no function would write.
  await withoutTriggers(
    on(client),
    () => client.query(`delete from phone_pool.number_requests; ${prepare}`),
  );
  await setVault(on(client));
  await client.query("vacuum analyze");
  const took: number[] = [];
  while ((await client.query(left)).rows[0].left > 0) {
    took.push(await timeSweep(client));
    if (took.length > rows) throw new Error("the sweep gets nothing done");
  }
  await client.end();
  return took;
}

async function timeSweep(client: pg.Client): Promise<number> {
  const startedAt = performance.now();
  await client.query("select phone_pool.sweep()");
  return performance.now() - startedAt;
}
