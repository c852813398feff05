import { compareBlocks, pairwise, parts } from "../compare.ts";
import { type KnownNumber, lastNumbers, topUp } from "../pool.ts";
import { bareInsert, connectFor, floor, registration, sketch, type Way } from "../registrations.ts";
import type { Result } from "../report.ts";
import type { BenchDatabase, BenchServer } from "../server.ts";

const WAYS = [registration, floor, bareInsert, sketch];
const WARM_UP = 200;

/** What a registration costs beside the floor and the other ways, and by the size of the pool. */
export async function assignment(server: BenchServer, isQuick: boolean): Promise<Result[]> {
  const pairs = isQuick ? 5 : 9;
  const registrations = isQuick ? 400 : 2000;
  return [
    ...await oneClient(server, isQuick ? 500 : 5000),
    ...await manyClients(server, 8, registrations, pairs, 1.33),
    ...await manyClients(server, 64, registrations, pairs, 1.54),
    ...await poolSizes(server, isQuick),
  ];
}

/**
 * One client, milliseconds a registration: the ways take turns, statement by statement, each on a
 * database of its own, so that none walks over what another has left.
 */
async function oneClient(server: BenchServer, rounds: number): Promise<Result[]> {
  const sides = await Promise.all(WAYS.map(async (way) => {
    const database = await server.database({ available: 10_000, organizations: 3000 });
    const known = await take(database, rounds + WARM_UP);
    return { way, known, client: await connectFor(way, database), took: [] as number[] };
  }));
  for (let round = -WARM_UP; round < rounds; round++) {
    // Whoever comes after the slowest would always find the caches as that one left them.
    for (let turn = 0; turn < sides.length; turn++) {
      const { way, client, known, took } = sides[(turn + round + WARM_UP) % sides.length]!;
      const startedAt = performance.now();
      await way.register(client, `new-${round}`, known[round + WARM_UP]!);
      if (round >= 0) took.push(performance.now() - startedAt);
    }
  }
  await Promise.all(sides.map(({ client }) => client.end()));
  const values = new Map(sides.map(({ way, took }) => [way.name, parts(took)]));
  return pairwise("1 client", "ms", values, { floor: 1.2 });
}

/** Several clients: blocks in turn. Milliseconds that one registration takes its client. */
async function manyClients(
  server: BenchServer,
  clients: number,
  registrations: number,
  pairs: number,
  goal: number,
): Promise<Result[]> {
  const sides = WAYS.map((way) => ({
    name: way.name,
    run: () => block(server, way, clients, registrations),
  }));
  return await compareBlocks(`${clients} clients`, "ms", pairs, sides, { floor: goal });
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
  // Six each first: Postgres makes a session's generic plans with the sixth.
  const known = await take(database, registrations + 6 * count);
  let next = 0;
  const work = (until: number) =>
    Promise.all(clients.map(async (client) => {
      while (next < until) {
        const index = next++;
        await way.register(client, `new-${index}`, known[index]!);
      }
    }));
  await work(6 * count);
  const startedAt = performance.now();
  await work(registrations + 6 * count);
  const elapsed = performance.now() - startedAt;
  await Promise.all(clients.map((client) => client.end()));
  return elapsed * count / registrations;
}

/** A pool of a hundred that is filled again one for one, and a deep one. */
async function poolSizes(server: BenchServer, isQuick: boolean): Promise<Result[]> {
  const deep = isQuick ? 20_000 : 1_000_000;
  const rounds = isQuick ? 200 : 3000;
  const sides = await Promise.all([deep, 100].map(async (available) => {
    const database = await server.database({ available, organizations: 3000 });
    const [client, filler] = await Promise.all([
      connectFor(registration, database),
      database.connect(),
    ]);
    return { available, client, filler, took: [] as number[] };
  }));
  for (let round = -WARM_UP; round < rounds; round++) {
    for (const { client, filler, took } of sides) {
      const startedAt = performance.now();
      await registration.register(client, `new-${round}`);
      if (round >= 0) took.push(performance.now() - startedAt);
      await topUp(filler, 1);
    }
  }
  await Promise.all(sides.flatMap(({ client, filler }) => [client.end(), filler.end()]));
  const values = new Map(
    sides.map(({ available, took }) => [`pool of ${available}`, parts(took)]),
  );
  return pairwise("registration", "ms", values, { "pool of 100": 1.1 });
}

async function take(database: BenchDatabase, count: number): Promise<KnownNumber[]> {
  const client = await database.connect();
  const known = await lastNumbers(client, count);
  await client.end();
  return known;
}
