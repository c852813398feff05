import { bootstrap } from "../postgres/bootstrap.ts";
import { createCluster, databaseUrl } from "../postgres/cluster.ts";
import { withClient } from "../postgres/connect.ts";
import { databaseDirectory } from "./leftovers.ts";
import { migrate } from "./migrate.ts";
import { logDirectory } from "./paths.ts";
import { postgresPart } from "./part-specs.ts";
import type { Plan } from "./plan.ts";
import type { Reaper } from "./reaper.ts";
import { baseEnvironment } from "./settings.ts";
import type { Supervisor } from "./supervisor.ts";
import { createMissingSecrets } from "./vault.ts";

/** An embedded Postgres, or the user's; with the migrations, the seed and the Vault's secrets. */
export async function startDatabase(plan: Plan, supervisor: Supervisor, reaper: Reaper) {
  if (plan.settings.SUPABASE_DB_URL) return await prepareGivenServer(plan);
  const cluster = await createCluster(databaseDirectory(plan.directory), {}, reaper.removeAtEnd);
  await supervisor.start(postgresPart(cluster, plan.ports.db));
  await withClient(databaseUrl("supabase_admin", plan.ports.db), bootstrap);
  await migrateDatabase(plan, {
    PHONE_POOL_FUNCTIONS_URL: plan.addresses.functions,
    PHONE_POOL_SECRET: plan.keys.shared,
  });
}

async function prepareGivenServer(plan: Plan): Promise<void> {
  await migrateDatabase(plan);
  const secrets = await withClient(
    plan.addresses.database,
    (client) =>
      createMissingSecrets(client, {
        phone_pool_functions_url: plan.addresses.functions,
        phone_pool_secret: plan.keys.shared,
      }),
  );
  // The database keeps sending the secret that it had before, so that is the one to expect.
  plan.keys.shared = secrets.phone_pool_secret;
}

const migrateDatabase = (
  plan: Plan,
  vault?: { PHONE_POOL_FUNCTIONS_URL: string; PHONE_POOL_SECRET: string },
) =>
  migrate({
    databaseUrl: plan.addresses.database,
    logDirectory: logDirectory(plan.directory),
    cliHome: `${plan.directory}/supabase-cli`,
    env: baseEnvironment(plan.settings),
    vault,
  });
