import { READINGS } from "../../admin/support/readings.ts";
import { fill } from "../../admin/support/volume.ts";
import { spread } from "../compare.ts";
import type { Result } from "../report.ts";
import type { BenchServer } from "../server.ts";

const RUNS = 7;

/** What an admin waits for: each reading, as service_role, warm. */
export async function views(server: BenchServer, isQuick: boolean): Promise<Result[]> {
  const organizations = isQuick ? 10_000 : 100_000;
  const calls = organizations * 10;
  await using database = await server.database({ available: 0, organizations: 0 });
  const client = await database.connect();
  await fill(client, { organizations, calls });
  await client.query("set session_replication_role = origin; set role service_role");
  const results: Result[] = [];
  for (const [what, sql] of Object.entries(READINGS)) {
    const times: number[] = [];
    for (let run = 0; run <= RUNS; run++) {
      const startedAt = performance.now();
      await client.query(sql);
      if (run > 0) times.push(performance.now() - startedAt);
    }
    const at = `${organizations} organizations, ${calls} calls: ${what}`;
    results.push({ what: at, unit: "ms", ...spread(times), atMost: 50 });
  }
  await client.end();
  return results;
}
