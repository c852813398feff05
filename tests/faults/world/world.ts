import pg from "pg";
import {
  type RunningTelnyxSimulator,
  simulatedApiKey,
  simulatedConnectionId,
  startTelnyxSimulator,
} from "../../../supabase/local/simulators/telnyx/mod.ts";
import { connect } from "../../../supabase/local/postgres/connect.ts";
import { setVault } from "../../support/pool.ts";
import type { Schedule } from "../schedule.ts";
import type { CrashableCluster } from "./cluster.ts";
import { startDataApi } from "./data-api.ts";
import { startWatch, type Watch } from "./watch.ts";
import { startWorker, type WorkerProcess } from "./worker.ts";

/** Everything that one run needs: a database, Telnyx, and the function as a process. */
export interface World extends AsyncDisposable {
  cluster: CrashableCluster;
  database: string;
  simulator: RunningTelnyxSimulator;
  worker: WorkerProcess;
  watch: Watch;
  /** Rows of one statement; a lost connection is opened anew, the statement is not repeated. */
  query<Row extends pg.QueryResultRow = Record<string, unknown>>(
    sql: string,
    parameters?: unknown[],
  ): Promise<Row[]>;
  /** Puts the database's clock forward. */
  pass(seconds: number): Promise<void>;
}

const CLOCK = `
  create sequence phone_pool.test_seconds minvalue 0 start 0;
  grant select, update, usage on sequence phone_pool.test_seconds to public;
  create or replace function phone_pool.clock() returns timestamptz
  language sql set search_path = pg_catalog, pg_temp
  as $$ select clock_timestamp() + (select last_value from phone_pool.test_seconds)
    * interval '1 second' $$`;

export async function createWorld(cluster: CrashableCluster, schedule: Schedule): Promise<World> {
  const database = await cluster.createDatabase();
  const { query, close } = createQuery(cluster.url("postgres", database));
  await query(CLOCK);
  await setVault({ query });
  const { max_numbers, monthly_budget_usd, low_water } = schedule.settings;
  await query(
    `update phone_pool.settings set max_numbers = $1, monthly_budget_usd = $2, low_water = $3,
       batch_size = 4, area_code_wait = '5 minutes'`,
    [max_numbers, monthly_budget_usd, low_water],
  );
  const watch = startWatch(() => simulator.state, {
    maxNumbers: max_numbers,
    monthlyBudget: monthly_budget_usd,
  });
  const simulator = await startTelnyxSimulator({
    seed: schedule.seed,
    monthlyCost: schedule.monthlyCost,
    orderDelayMs: schedule.orderDelayMs,
    log: () => watch.look(),
  });
  const api = startDataApi(cluster.url("authenticator", database));
  const worker = await startWorker({
    SUPABASE_URL: api.url,
    SUPABASE_SECRET_KEYS: JSON.stringify({ default: "sb_secret_faults" }),
    TELNYX_API_KEY: simulatedApiKey,
    TELNYX_CONNECTION_ID: simulatedConnectionId,
    TELNYX_BASE_URL: simulator.apiUrl,
    TELNYX_TIMEOUT_MS: "200",
  });
  return {
    cluster,
    database,
    simulator,
    worker,
    watch,
    query,
    async pass(seconds) {
      await query(
        `select setval('phone_pool.test_seconds',
           (select last_value from phone_pool.test_seconds) + $1)`,
        [seconds],
      );
    },
    async [Symbol.asyncDispose]() {
      await worker.stop();
      watch.stop();
      await simulator.stop();
      await api.stop();
      await close();
      await cluster.dropDatabase(database);
    },
  };
}

function createQuery(url: string) {
  let client: pg.Client | undefined;
  const query: World["query"] = async <Row extends pg.QueryResultRow>(
    sql: string,
    parameters?: unknown[],
  ) => {
    if (!client) {
      const opened = await connect(url, "faults");
      opened.on("error", () => client = client === opened ? undefined : client);
      client = opened;
    }
    try {
      return (await client.query<Row>(sql, parameters)).rows;
    } catch (error) {
      // What Postgres itself refused is an answer; anything else is a connection that is gone.
      if (!isRefusal(error)) {
        void client?.end().catch(() => {});
        client = undefined;
      }
      throw error;
    }
  };
  return { query, close: async () => void await client?.end() };
}

/** Whether the statement was refused, and not the connection lost. */
export function isRefusal(error: unknown): boolean {
  return error instanceof pg.DatabaseError && !/^(08|57P|58)/.test(error.code ?? "");
}
