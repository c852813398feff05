import type pg from "pg";
import { connect } from "../../../supabase/local/postgres/connect.ts";
import { assertEquals } from "../../support/assert.ts";
import { eventually, PARTS, startTestStack, type TestStack } from "../support.ts";

const REPLENISH = "replenish-pool";

/** What is taken away, and what brings it back. Between the two, a clinic registers. */
interface Outage {
  what: string;
  begin(stack: TestStack, database: pg.Client): Promise<unknown>;
  end(stack: TestStack, database: pg.Client): Promise<unknown>;
  /** What an admin sees meanwhile. */
  visible: string;
}

const OUTAGES: Outage[] = [
  {
    what: "a nudge that is lost",
    begin: (stack) => stack.part("pg-net-worker").stop(),
    async end(stack, database) {
      await database.query("delete from net.http_request_queue");
      await stack.part("pg-net-worker").restart();
    },
    visible: `select status = 'empty' and in_flight > 0 as seen from admin_pool_health`,
  },
  {
    what: "a Vault secret that is missing",
    begin: (_, database) =>
      database.query(`
        create table public.kept as select name, decrypted_secret from vault.decrypted_secrets
          where name = 'phone_pool_secret';
        delete from vault.secrets where name = 'phone_pool_secret'`),
    end: (_, database) =>
      database.query(`
        select vault.create_secret(decrypted_secret, name) from public.kept;
        drop table public.kept`),
    visible: `select exists (
      select from phone_pool.alerts where kind = 'nudge_failed' and closed_at is null) as seen`,
  },
  {
    what: "replenish-pool is down",
    begin: (stack) => stack.part(REPLENISH).kill(),
    end: (stack) => stack.part(REPLENISH).restart(),
    visible: `select status = 'empty' and in_flight > 0 as seen from admin_pool_health`,
  },
  {
    what: "Telnyx is down",
    begin: (stack) => stack.part("telnyx-simulator").kill(),
    end: (stack) => stack.part("telnyx-simulator").restart(),
    visible: `select status = 'empty' and in_flight > 0 as seen from admin_pool_health`,
  },
];

Deno.test("registrations go on, and everything catches up by itself", async (test) => {
  await using stack = await startTestStack([...PARTS, REPLENISH]);
  const database = await connect(stack.info.db_url);
  try {
    for (const outage of OUTAGES) {
      await test.step(outage.what, () => survive(outage, stack, database));
    }
  } finally {
    await database.end();
  }
});

async function survive(outage: Outage, stack: TestStack, database: pg.Client): Promise<void> {
  await drain(database);
  await outage.begin(stack, database);
  const slug = crypto.randomUUID();
  await database.query("insert into organizations (name, slug) values ($1, $1)", [slug]);
  const sweep = sweeper(database);
  await eventually("an admin sees it", async () => {
    await sweep();
    const { rows } = await database.query<{ seen: boolean }>(outage.visible);
    return rows[0]?.seen === true;
  });
  assertEquals(await phoneOf(database, slug), null);

  await outage.end(stack, database);
  await eventually("the clinic has its number", async () => {
    await sweep();
    return await phoneOf(database, slug) !== null;
  }, 60_000);
}

/** What pg_cron does every minute, at most every second. */
function sweeper(database: pg.Client): () => Promise<void> {
  let sweptAt = 0;
  return async () => {
    if (Date.now() - sweptAt < 1000) return;
    sweptAt = Date.now();
    await database.query("select phone_pool.sweep()");
  };
}

/** Nobody waits, and the pool is empty: every number is somebody's, or rests. */
async function drain(database: pg.Client): Promise<void> {
  await database.query("update phone_pool.settings set low_water = 0, forecast = false");
  await eventually("nothing is on order", async () => {
    await database.query(`
      insert into organizations (name, slug)
      select 'drain', gen_random_uuid()::text from phone_numbers where status = 'available'`);
    const { rows } = await database.query<{ idle: boolean }>(
      "select available = 0 and waiting = 0 and in_flight = 0 as idle from admin_pool_health",
    );
    return rows[0]?.idle === true;
  }, 60_000);
}

async function phoneOf(database: pg.Client, slug: string): Promise<string | null> {
  const { rows } = await database.query<{ phone: string | null }>(
    "select phone from organizations where slug = $1",
    [slug],
  );
  return rows[0]?.phone ?? null;
}
