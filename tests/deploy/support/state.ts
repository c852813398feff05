import { createHash } from "node:crypto";
import type { TestDatabase } from "../../support/database.ts";
import type { Project } from "./project.ts";

const SWEEP_MILLISECONDS = 5000;

/**
 * Waits until nothing is on order and nobody waits: what the deployment began goes on behind it.
 * Sweeps now and then, as pg_cron does: an organization that is written at the moment it is served
 * is passed over.
 */
export async function untilQuiet(database: TestDatabase): Promise<void> {
  const deadline = Date.now() + 60_000;
  let sweepAt = Date.now() + SWEEP_MILLISECONDS;
  let left: { waiting: number; on_order: number } | undefined;
  while (Date.now() < deadline) {
    [left] = await database.query<{ waiting: number; on_order: number }>(
      `select (select count(*) from phone_pool.number_requests)::int as waiting,
         (select count(*) from phone_pool.purchases
          where status in ('asked', 'planned', 'ordering', 'ordered'))::int as on_order`,
    );
    if (left?.waiting === 0 && left.on_order === 0) return;
    if (Date.now() > sweepAt) {
      await database.query("select phone_pool.sweep()");
      sweepAt = Date.now() + SWEEP_MILLISECONDS;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${left?.on_order} still on order, ${left?.waiting} organizations still wait`);
}

/** Everything that a deployment leaves behind, with what differs between two projects left out. */
export async function stateOf({ database, api }: Project) {
  await untilQuiet(database);
  const one = async (sql: string) => (await database.query(sql))[0];
  return {
    functions: [...api.functions].map(([slug, { files, verifyJwt }]) => ({
      slug,
      verifyJwt,
      files: [...files].map(([path, text]) => `${path} ${digest(text)}`).sort(),
    })).sort((a, b) => a.slug.localeCompare(b.slug)),
    secrets: [...api.secrets.keys()].sort(),
    // The functions accept what Postgres sends.
    sharesTheSecret: (await one(
      `select decrypted_secret = $$${api.secrets.get("PHONE_POOL_SECRET")}$$ as same
       from vault.decrypted_secrets where name = 'phone_pool_secret'`,
    ))?.same,
    vault: await database.query("select name from vault.secrets order by name"),
    migrations: await database.query(
      "select version, name from supabase_migrations.schema_migrations order by version",
    ),
    settings: await database.query("select * from phone_pool.settings"),
    numbers: await database.query(
      `select status, organization_id is not null as held, count(*)::int
       from public.phone_numbers group by 1, 2 order by 1, 2`,
    ),
    purchases: await database.query(
      "select status, reason, count(*)::int from phone_pool.purchases group by 1, 2 order by 1, 2",
    ),
    waiting: await database.query("select count(*)::int from phone_pool.number_requests"),
    organizations: await database.query(
      `select name, phone is not null as has_phone from public.organizations order by name`,
    ),
    stopped: await database.query(
      `select tgname from pg_trigger where tgrelid = 'public.organizations'::regclass
         and tgenabled = 'D'
       union all select jobname from cron.job where not active`,
    ),
  };
}

const digest = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 12);
