import type pg from "pg";
import { on, setVault } from "../../support/pool.ts";
import { pairwise, quantile, spread } from "../compare.ts";
import { registerAtPace } from "../pace.ts";
import { topUp } from "../pool.ts";
import { bareInsert, connectFor, registration, type Way } from "../registrations.ts";
import type { Result } from "../report.ts";
import type { BenchDatabase, BenchServer } from "../server.ts";

const PER_SECOND = 500;
const CLIENTS = 8;

interface Side {
  name: string;
  way: Way;
  available: number;
  /** Whether somebody delivers what the trigger orders. */
  refills: boolean;
}

const SIDES: Side[] = [
  { name: "registration", way: registration, available: 20_000, refills: false },
  { name: "bare insert", way: bareInsert, available: 20_000, refills: false },
  { name: "registration that refills", way: registration, available: 1000, refills: true },
];

/** 500 registrations a second: p50, p95 and p99 with the trigger and without. */
export async function latency(server: BenchServer, isQuick: boolean): Promise<Result[]> {
  const pairs = isQuick ? 3 : 7;
  const count = isQuick ? 500 : 2500;
  const runs = new Map<string, number[][]>(SIDES.map(({ name }) => [name, []]));
  for (let pair = 0; pair < pairs; pair++) {
    for (const side of SIDES) runs.get(side.name)?.push(await run(server, side, count));
  }
  const at = (share: number) =>
    new Map(
      [...runs].slice(0, 2).map(([name, all]) => [
        name,
        all.map((took) => quantile(took, share)),
      ]),
    );
  return [
    ...pairwise(`${PER_SECOND}/s, p50`, "ms", at(0.5)),
    ...pairwise(`${PER_SECOND}/s, p95`, "ms", at(0.95)),
    ...pairwise(`${PER_SECOND}/s, p99`, "ms", at(0.99), { "bare insert": 2.5 }),
    ...[...runs].filter(([name]) => name !== "bare insert").map(([name, all]) => ({
      what: `${PER_SECOND}/s, slowest ${name}`,
      unit: "ms",
      ...spread(all.map((took) => took.at(-1) ?? NaN)),
      atMost: 500,
    })),
  ];
}

/** Milliseconds of each registration, sorted. */
async function run(server: BenchServer, side: Side, count: number): Promise<number[]> {
  await using database = await server.database({ available: side.available, organizations: 3000 });
  const clients = await Promise.all(
    Array.from({ length: CLIENTS }, () => connectFor(side.way, database)),
  );
  for (let index = 0; index < 6 * CLIENTS; index++) {
    await side.way.register(clients[index % CLIENTS]!, `warm-${index}`);
  }
  const carrier = side.refills ? await startCarrier(database) : undefined;
  const took = await registerAtPace(
    clients,
    PER_SECOND,
    count,
    (client, index) => side.way.register(client, `new-${index}`),
  );
  await carrier?.stop();
  await Promise.all(clients.map((client) => client.end()));
  return took.sort((a, b) => a - b);
}

/** Somebody who plans every tenth of a second, and delivers what was ordered as plain rows. */
async function startCarrier(database: BenchDatabase): Promise<{ stop(): Promise<void> }> {
  const client = await database.connect();
  await setVault(on(client));
  let runs = true;
  const work = (async () => {
    while (runs) {
      await deliver(client);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  return {
    async stop() {
      runs = false;
      await work;
      await client.end();
    },
  };
}

async function deliver(client: pg.Client): Promise<void> {
  await client.query("select phone_pool_worker.run_planner()");
  const { rowCount } = await client.query(
    "delete from phone_pool.purchases where status = 'planned'",
  );
  if (rowCount) await topUp(client, rowCount);
}
