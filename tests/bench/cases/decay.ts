import type pg from "pg";
import { quantile, spread } from "../compare.ts";
import { registerAtPace } from "../pace.ts";
import { topUp } from "../pool.ts";
import { registration } from "../registrations.ts";
import { once, type Result } from "../report.ts";
import type { BenchServer } from "../server.ts";

const PER_SECOND = 50;

/**
 * Somebody keeps a snapshot open (a report, a forgotten transaction), and no dead row can go while
 * registrations come, 50 a second: does it get slower? From a deep pool, and from one of a hundred
 * that is filled again one for one.
 */
export async function decay(server: BenchServer, isQuick: boolean): Promise<Result[]> {
  const registrations = isQuick ? 400 : 15_000;
  const [deep, small] = await Promise.all([
    registerBeside(server, registrations + 5000, registrations, false),
    registerBeside(server, 100, registrations, true),
  ]);
  return [...report("deep pool", deep), ...report("pool of 100", small)];
}

/** Milliseconds of each, from when it was due; with the refill, where there is one. */
async function registerBeside(
  server: BenchServer,
  available: number,
  registrations: number,
  refills: boolean,
): Promise<number[]> {
  await using database = await server.database({ available, organizations: 3000 });
  const [reader, client, filler] = await Promise.all(
    Array.from({ length: 3 }, () => database.connect()),
  ) as [pg.Client, pg.Client, pg.Client];
  await reader.query("begin isolation level repeatable read");
  await reader.query("select count(*) from public.phone_numbers");
  for (let warmUp = 0; warmUp < 20; warmUp++) {
    await registration.register(client, `warm-${warmUp}`);
    if (refills) await topUp(filler, 1);
  }
  const took = await registerAtPace([client], PER_SECOND, registrations, async (on, index) => {
    await registration.register(on, `new-${index}`);
    if (refills) await topUp(filler, 1);
  });
  await Promise.all([reader, client, filler].map((connection) => connection.end()));
  return took;
}

function report(pool: string, took: number[]): Result[] {
  const what = `${took.length} at ${PER_SECOND}/s beside an open snapshot, ${pool}`;
  const sorted = took.toSorted((a, b) => a - b);
  const tenth = Math.floor(took.length / 10);
  const growth = spread(took.slice(-tenth)).median / spread(took.slice(0, tenth)).median;
  return [
    { what: `${what}: p99`, unit: "ms", ...once(quantile(sorted, 0.99)), atMost: 10 },
    { what: `${what}: slowest`, unit: "ms", ...once(sorted.at(-1) ?? NaN), atMost: 50 },
    { what: `${what}: last tenth ÷ first tenth`, unit: "×", ...once(growth) },
  ];
}
