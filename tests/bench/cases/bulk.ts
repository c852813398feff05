import type pg from "pg";
import { compareBlocks } from "../compare.ts";
import { connectFor, registration } from "../registrations.ts";
import type { Result } from "../report.ts";
import type { BenchServer } from "../server.ts";

const INSERT = `insert into public.organizations (name, slug)
  select 'bulk', 'bulk-' || i from generate_series($1::int, $2::int) i`;

/** The same rows in one statement, by someone who knows which numbers they are. */
const FLOOR = `with numbers as (
    select id, phone_number, row_number() over () as place
    from unnest($1::uuid[], $2::text[]) n (id, phone_number)),
  organizations as (
    insert into public.organizations (id, name, slug, phone)
    select gen_random_uuid(), 'bulk', 'floor-' || n.place, n.phone_number from numbers n
    returning id, phone),
  assigned as (
    update public.phone_numbers p set status = 'assigned', assigned_at = now(),
      organization_id = o.id, updated_at = now()
    from numbers n join organizations o on o.phone = n.phone_number
    where p.id = n.id returning p.id, p.organization_id)
  insert into phone_pool.tenures (phone_number_id, organization_id, requested_at, held)
  select id, organization_id, now(), tstzrange(now(), null) from assigned`;

/** Many organizations in one statement: nothing in it may be quadratic. */
export async function bulk(server: BenchServer, isQuick: boolean): Promise<Result[]> {
  const pairs = isQuick ? 3 : 7;
  const thousand = await compareBlocks("1,000 in one statement", "ms", pairs, [
    { name: "registration", run: () => insert(server, [1000]) },
    { name: "floor", run: () => insertKnown(server, 1000) },
  ], { floor: 1.25 });
  const many = await compareBlocks("10,000 organizations", "ms", pairs, [
    { name: "one statement", run: () => insert(server, [10_000]) },
    { name: "10 × 1,000", run: () => insert(server, Array(10).fill(1000)) },
  ], { "10 × 1,000": 1.3 });
  if (isQuick) return [...thousand, ...many];
  const most = await compareBlocks("50,000 organizations", "ms", 3, [
    { name: "one statement", run: () => insert(server, [50_000]) },
    { name: "50 × 1,000", run: () => insert(server, Array(50).fill(1000)) },
  ]);
  return [...thousand, ...many, ...most];
}

/** Milliseconds for all statements, each of that many organizations. */
async function insert(server: BenchServer, sizes: number[]): Promise<number> {
  return await measure(server, true, async (client) => {
    let next = 1;
    for (const size of sizes) {
      await client.query(INSERT, [next, next + size - 1]);
      next += size;
    }
  });
}

async function insertKnown(server: BenchServer, count: number): Promise<number> {
  let known: { ids: string[]; numbers: string[] } | undefined;
  return await measure(
    server,
    false,
    (client) => client.query(FLOOR, [known?.ids, known?.numbers]),
    async (client) => {
      const { rows } = await client.query(
        `select array_agg(id) as ids, array_agg(phone_number) as numbers from (
           select id, phone_number from public.phone_numbers where status = 'available'
           order by purchased_at, id limit $1) n`,
        [count],
      );
      known = rows[0];
    },
  );
}

async function measure(
  server: BenchServer,
  usesTrigger: boolean,
  work: (client: pg.Client) => Promise<unknown>,
  prepare: (client: pg.Client) => Promise<unknown> = () => Promise.resolve(),
): Promise<number> {
  await using database = await server.database({ available: 60_000, organizations: 3000 });
  const client = await connectFor({ ...registration, usesTrigger }, database);
  await registration.register(client, "warm-up");
  await prepare(client);
  const startedAt = performance.now();
  await work(client);
  const took = performance.now() - startedAt;
  await client.end();
  return took;
}
