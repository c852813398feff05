import { makeEnhancedWithPgClient, processSharedOptions } from "graphile-worker/dist/lib.js";
import { getJob } from "graphile-worker/dist/sql/getJob.js";
import { runMigrations } from "graphile-worker";
import PgBoss from "pg-boss";
import type pg from "pg";
import { compareBlocks } from "../compare.ts";
import type { Result } from "../report.ts";
import type { BenchDatabase, BenchServer } from "../server.ts";

const CLIENTS = 8;
const QUEUE = "numbers";

/** One way to take the next item of a queue; it must take one. */
interface Peer {
  name: string;
  claim(client: pg.Client, index: number): Promise<unknown>;
}

/**
 * Only the claim, by 8 clients: the next free number, and the next job of queues for Postgres.
 * Each marks one row as taken by `skip locked` and returns it. Not comparable: getJob and fetch
 * honour priorities and moments to start, and their jobs must be completed later; a number belongs
 * to an organization from then on, which a row of the history, the foreign key and the checks hold.
 */
export async function peers(server: BenchServer, isQuick: boolean): Promise<Result[]> {
  const pairs = isQuick ? 5 : 9;
  const claims = isQuick ? 400 : 1000;
  const items = (pairs + 1) * claims;
  await using database = await server.database({ available: items, organizations: items });
  const admin = await database.connect();
  const sides = [
    await ours(admin),
    await graphileWorker(database.url, admin, items),
    await pgBoss(admin, items),
    ...await pgmq(admin, items),
  ];
  await admin.query("vacuum analyze");
  await admin.end();
  return await compareBlocks(
    `claim only, ${CLIENTS} clients`,
    "ms",
    pairs,
    sides.map((peer) => ({ name: peer.name, run: runner(database, peer, claims) })),
    // 1.1 times the throughput of the best.
    Object.fromEntries(sides.map(({ name }) => [name, 0.91])),
  );
}

/** Milliseconds that a claim takes its client. */
function runner(
  database: BenchDatabase,
  { claim }: Peer,
  claims: number,
): () => Promise<number> {
  let next = 0;
  return async () => {
    const clients = await Promise.all(Array.from({ length: CLIENTS }, () => database.connect()));
    const work = (until: number) =>
      Promise.all(clients.map(async (client) => {
        while (next < until) await claim(client, next++);
      }));
    await work(next + 6 * CLIENTS);
    const from = next;
    const startedAt = performance.now();
    await work(from + claims - 6 * CLIENTS);
    const took = performance.now() - startedAt;
    await Promise.all(clients.map((client) => client.end()));
    return took * CLIENTS / (next - from);
  };
}

async function ours(admin: pg.Client): Promise<Peer> {
  const { rows } = await admin.query<{ id: string }>("select id from public.organizations");
  return {
    name: "phone-pool",
    claim: async (client, index) => {
      const { rowCount } = await client.query({
        name: "claim",
        text: `with n as (
            update public.phone_numbers
            set status = 'assigned', organization_id = $1, assigned_at = now(), updated_at = now()
            where id = (select id from public.phone_numbers where status = 'available'
              order by purchased_at, id limit 1 for update skip locked)
            returning id)
          insert into phone_pool.tenures (phone_number_id, organization_id, requested_at, held)
          select id, $1, now(), tstzrange(now(), null) from n returning phone_number_id`,
        values: [rows[index]?.id],
      });
      if (rowCount !== 1) throw new Error("no number claimed");
    },
  };
}

async function graphileWorker(url: string, admin: pg.Client, items: number): Promise<Peer> {
  await runMigrations({ connectionString: url });
  await admin.query(
    "select graphile_worker.add_job($1, '{}') from generate_series(1, $2::int)",
    [QUEUE, items],
  );
  const options = processSharedOptions({});
  const tasks = { [QUEUE]: () => {} };
  return {
    name: "graphile-worker getJob",
    claim: async (client, index) => {
      const onClient = makeEnhancedWithPgClient((work) =>
        work(Object.assign(client, { release() {} }))
      );
      const job = await getJob(options, onClient, tasks, `worker-${index}`, null);
      if (!job) throw new Error("no job claimed");
    },
  };
}

async function pgBoss(admin: pg.Client, items: number): Promise<Peer> {
  const open = async (client: pg.Client, migrate: boolean) => {
    const boss = new PgBoss({
      db: { executeSql: (text: string, values: unknown[]) => client.query(text, values) },
      migrate,
      supervise: false,
      schedule: false,
    });
    await boss.start();
    return boss;
  };
  const boss = await open(admin, true);
  await boss.createQueue(QUEUE);
  await boss.insert(Array.from({ length: items }, () => ({ name: QUEUE })));
  const bosses = new WeakMap<pg.Client, Promise<PgBoss>>();
  return {
    name: "pg-boss fetch",
    claim: async (client) => {
      if (!bosses.has(client)) bosses.set(client, open(client, false));
      const [job] = await (await bosses.get(client)!).fetch(QUEUE);
      if (!job) throw new Error("no job claimed");
    },
  };
}

/** Only where the server has it. */
async function pgmq(admin: pg.Client, items: number): Promise<Peer[]> {
  const { rowCount } = await admin.query(
    "select from pg_available_extensions where name = 'pgmq'",
  );
  if (!rowCount) return [];
  await admin.query("create extension if not exists pgmq cascade");
  await admin.query("select pgmq.create($1)", [QUEUE]);
  await admin.query("select pgmq.send($1, '{}') from generate_series(1, $2::int)", [QUEUE, items]);
  return [{
    name: "pgmq pop",
    claim: async (client) => {
      const { rowCount } = await client.query({
        name: "pop",
        text: "select msg_id from pgmq.pop($1)",
        values: [QUEUE],
      });
      if (rowCount !== 1) throw new Error("no message popped");
    },
  }];
}
