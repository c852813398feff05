import { databaseUrl } from "../postgres/cluster.ts";
import {
  functionEnvironment,
  livekitSimulatorEnvironment,
  telnyxSimulatorEnvironment,
} from "./environments.ts";
import { functionPart } from "./functions.ts";
import { gatewayPart, simulatorPart, workerPart } from "./part-specs.ts";
import type { Plan } from "./plan.ts";
import { baseEnvironment } from "./settings.ts";
import type { PartSpec } from "./part.ts";
import type { Supervisor } from "./supervisor.ts";
import { allDone } from "./all-done.ts";

/** The simulators of the carriers that no credentials were given for. */
export async function startSimulators(plan: Plan, supervisor: Supervisor): Promise<void> {
  const { settings, keys, ports } = plan;
  const specs: PartSpec[] = [];
  if (!settings.TELNYX_API_KEY) {
    const env = telnyxSimulatorEnvironment(settings, keys, ports.telnyx, webhook(plan, "telnyx"));
    specs.push(simulatorPart("telnyx", ports.telnyx, { ...env, ...plan.env }));
  }
  if (!settings.LIVEKIT_URL) {
    const env = livekitSimulatorEnvironment(
      settings,
      keys,
      ports.livekit,
      webhook(plan, "livekit"),
      settings.TELNYX_API_KEY ? undefined : `${plan.addresses.telnyx}/_control/detail_records`,
    );
    specs.push(simulatorPart("livekit", ports.livekit, { ...env, ...plan.env }));
  }
  await startAll(plan, supervisor, specs);
}

function webhook(plan: Plan, service: string): string | undefined {
  const name = `${service}-webhook`;
  const exists = plan.functions.some((place) => place.name === name);
  return exists ? `${plan.addresses.functions}/${name}` : undefined;
}

/** What needs the migrated database: the gateway, the functions, and Postgres' own workers. */
export async function startServices(plan: Plan, supervisor: Supervisor): Promise<void> {
  const base = baseEnvironment(plan.settings);
  const environment = {
    ...functionEnvironment(plan.settings, plan.keys, plan.addresses),
    ...plan.env,
  };
  const superuser = databaseUrl("supabase_admin", plan.ports.db);
  await startAll(plan, supervisor, [
    gatewayPart(plan.ports.api, gatewaySettings(plan), base),
    ...plan.functions.map((place) => functionPart(place, environment)),
    // A server of the user's own has the real ones.
    ...plan.settings.SUPABASE_DB_URL ? [] : [
      workerPart("pg-net-worker", superuser, base),
      workerPart("pg-cron-worker", superuser, base),
    ],
  ]);
}

function gatewaySettings({ addresses, keys, config, functions, ports, settings }: Plan) {
  return {
    urls: {
      owner: addresses.database,
      // Nobody knows the password of authenticator on a server of the user's own.
      requests: settings.SUPABASE_DB_URL ?? databaseUrl("authenticator", ports.db),
    },
    publishableKey: keys.publishable,
    secretKey: keys.secret,
    jwks: keys.jwks,
    schemas: config.api.schemas,
    extraSearchPath: config.api.extra_search_path,
    maxRows: config.api.max_rows,
    functions: Object.fromEntries(
      functions.map(({ name, port, verifyJwt }) => [name, { port, verifyJwt }]),
    ),
  };
}

async function startAll(plan: Plan, supervisor: Supervisor, specs: PartSpec[]): Promise<void> {
  const included = specs.filter(({ name }) => plan.includes(name));
  await allDone(included.map((spec) => supervisor.start(spec)));
}
