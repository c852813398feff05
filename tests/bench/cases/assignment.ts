import { compareBlocks, type Comparison, pairwise } from "../compare.ts";
import { type KnownNumber, lastNumbers } from "../pool.ts";
import { bareInsert, connectFor, floor, registration, sketch, type Way } from "../registrations.ts";
import type { BenchDatabase, BenchServer } from "../server.ts";

const WAYS = [registration, floor, bareInsert, sketch];
const WARM_UP = 200;

/**
 * One client: the ways take turns, statement by statement, so that whatever the machine does falls
 * on all alike. Mean milliseconds a registration, without the slowest twentieth.
 */
export async function oneClient(
  server: BenchServer,
  available: number,
  rounds: number,
  ways: Way[] = WAYS,
): Promise<Comparison[]> {
  await using database = await server.database({ available, organizations: 3000 });
  const clients = await Promise.all(ways.map((way) => connectFor(way, database)));
  const known = await take(database, rounds + WARM_UP);
  const chunks: number[][][] = [];
  for (let round = -WARM_UP; round < rounds; round++) {
    const chunk = Math.floor(round * 5 / rounds);
    for (const [index, way] of ways.entries()) {
      const startedAt = performance.now();
      await way.register(clients[index]!, `${index}-${round}`, known[round + WARM_UP]!);
      const took = performance.now() - startedAt;
      if (round >= 0) ((chunks[index] ??= [])[chunk] ??= []).push(took);
    }
  }
  await Promise.all(clients.map((client) => client.end()));
  const means = new Map(ways.map((way, index) => [way.name, chunks[index]!.map(trimmedMean)]));
  return pairwise(`1 client, pool of ${available}`, "ms", means);
}

/** Several clients: blocks in turn. Milliseconds that one registration takes its client. */
export async function manyClients(
  server: BenchServer,
  clients: number,
  registrations: number,
  pairs: number,
): Promise<Comparison[]> {
  const sides = WAYS.map((way) => ({
    name: way.name,
    run: () => block(server, way, clients, registrations),
  }));
  return await compareBlocks(`${clients} clients, pool of 10000`, "ms", pairs, sides);
}

async function block(
  server: BenchServer,
  way: Way,
  count: number,
  registrations: number,
): Promise<number> {
  await using database = await server.database({ available: 10_000, organizations: 3000 });
  const clients = await Promise.all(
    Array.from({ length: count }, () => connectFor(way, database)),
  );
  const known = await take(database, registrations + count);
  let next = 0;
  const work = (until: number) =>
    Promise.all(clients.map(async (client) => {
      while (next < until) {
        const index = next++;
        await way.register(client, `new-${index}`, known[index]!);
      }
    }));
  await work(count);
  const startedAt = performance.now();
  await work(registrations + count);
  const elapsed = performance.now() - startedAt;
  await Promise.all(clients.map((client) => client.end()));
  return elapsed * count / registrations;
}

async function take(database: BenchDatabase, count: number): Promise<KnownNumber[]> {
  const client = await database.connect();
  const known = await lastNumbers(client, count);
  await client.end();
  return known;
}

function trimmedMean(values: number[]): number {
  const kept = values.toSorted((a, b) => a - b).slice(0, Math.ceil(values.length * 0.95));
  return kept.reduce((sum, value) => sum + value, 0) / kept.length;
}
