import { READINGS } from "../../admin/support/readings.ts";
import { fill } from "../../admin/support/volume.ts";
import { spread } from "../compare.ts";
import type { BenchServer } from "../server.ts";

const RUNS = 7;

/** What an admin waits for: milliseconds of each reading, as service_role, warm. */
export async function timeViews(server: BenchServer, organizations: number, calls: number) {
  await using database = await server.database({ available: 0, organizations: 0 });
  const client = await database.connect();
  await fill(client, { organizations, calls });
  await client.query("set session_replication_role = origin; set role service_role");
  console.log(
    `views at ${organizations} organizations, ${calls} calls: ms (goal < 50), median of ${RUNS}`,
  );
  for (const [what, sql] of Object.entries(READINGS)) {
    const times: number[] = [];
    for (let run = 0; run <= RUNS; run++) {
      const startedAt = performance.now();
      await client.query(sql);
      if (run > 0) times.push(performance.now() - startedAt);
    }
    const { median, most } = spread(times);
    console.log(`  ${what.padEnd(28)} ${median.toFixed(1).padStart(7)}  (most ${most.toFixed(1)})`);
  }
  await client.end();
}
