import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type pg from "pg";
import { fill } from "../../admin/support/volume.ts";
import { on, setVault } from "../../support/pool.ts";
import { drawGrowth } from "../chart.ts";
import { spread, trimmedMean } from "../compare.ts";
import { topUp } from "../pool.ts";
import { registration } from "../registrations.ts";
import { once, type Result } from "../report.ts";
import type { BenchServer } from "../server.ts";

/** On a hot path; a tree's depth is a logarithm, which shows. */
const MOST = 0.1;
const HOT = ["registration", "sweep"];

const VIEWS: Record<string, string> = {
  "admin_pool_health": "select * from admin_pool_health",
  "admin_assignment_metrics": "select * from admin_assignment_metrics",
  "admin_phone_numbers, a page": "select * from admin_phone_numbers limit 50",
  "admin_number_history, a number":
    "select * from admin_number_history where phone_number = '+12010000002'",
};

export interface Growth {
  sizes: number[];
  /** Milliseconds at each size, by what was done. */
  times: Map<string, number[]>;
}

/** What a registration, a sweep and a view cost as organizations become more, and a chart of it. */
export async function growth(
  server: BenchServer,
  isQuick: boolean,
  folder: string,
): Promise<Result[]> {
  const sizes = isQuick ? [10, 1000, 10_000] : [10, 100, 1000, 10_000, 100_000, 1_000_000];
  const times = new Map<string, number[]>();
  for (const organizations of sizes) {
    for (const [what, took] of await timesAt(server, organizations)) {
      times.set(what, [...times.get(what) ?? [], took]);
    }
  }
  writeFileSync(join(folder, "growth.svg"), drawGrowth({ sizes, times }));
  return [...times].map(([what, took]) => ({
    what: `${what}: cost ~ organizations to the power of`,
    unit: "",
    ...once(exponent(sizes, took)),
    atMost: HOT.includes(what) ? MOST : undefined,
    behind: took.map((value) => value.toPrecision(2)).join(" · ") + " ms",
  }));
}

async function timesAt(server: BenchServer, organizations: number): Promise<[string, number][]> {
  await using database = await server.database({ available: 0, organizations: 0 });
  const client = await database.connect();
  await fill(client, { organizations, calls: organizations });
  await client.query("delete from phone_pool.number_requests");
  await setVault(on(client));
  await topUp(client, 1000);
  await client.query("vacuum analyze");
  const register = async (index: number) => {
    await registration.register(client, `new-${index}`);
    await topUp(client, 1);
  };
  for (let warmUp = 0; warmUp < 50; warmUp++) await register(warmUp);
  const registrations: number[] = [];
  for (let index = 50; index < 450; index++) {
    const startedAt = performance.now();
    await registration.register(client, `new-${index}`);
    registrations.push(performance.now() - startedAt);
    await topUp(client, 1);
  }
  const times: [string, number][] = [["registration", trimmedMean(registrations)]];
  for (const [what, sql] of Object.entries({ sweep: "select phone_pool.sweep()", ...VIEWS })) {
    times.push([what, await time(client, sql)]);
  }
  await client.end();
  return times;
}

async function time(client: pg.Client, sql: string): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < 8; run++) {
    const startedAt = performance.now();
    await client.query(sql);
    if (run > 0) times.push(performance.now() - startedAt);
  }
  return spread(times).median;
}

/** The slope of the line through the logarithms. */
function exponent(sizes: number[], times: number[]): number {
  const xs = sizes.map(Math.log);
  const ys = times.map(Math.log);
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x0, y0] = [mean(xs), mean(ys)];
  const slope = xs.reduce((sum, x, index) => sum + (x - x0) * (ys[index]! - y0), 0);
  return slope / xs.reduce((sum, x) => sum + (x - x0) ** 2, 0);
}
