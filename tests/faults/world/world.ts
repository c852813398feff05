import pg from "pg";
import { pause } from "../../../supabase/local/stack/pause.ts";
import {
  type RunningTelnyxSimulator,
  simulatedApiKey,
  simulatedConnectionId,
  startTelnyxSimulator,
} from "../../../supabase/local/simulators/telnyx/mod.ts";
import { connect } from "../../../supabase/local/postgres/connect.ts";
import { registerOne, setVault } from "../../support/pool.ts";
import type { Schedule } from "../schedule.ts";
import type { Cluster } from "./cluster.ts";
import { type DataApi, startDataApi } from "./data-api.ts";
import { createIdleClient, type IdleClient } from "./idle-client.ts";
import { startWatch, type Watch } from "./watch.ts";
import { startInProcess, startProcess, type Worker } from "./worker.ts";

/** Everything that one run needs: a database, Telnyx, and the function as a process. */
export interface World extends AsyncDisposable {
  cluster: Cluster;
  database: string;
  simulator: RunningTelnyxSimulator;
  worker: Worker;
  watch: Watch;
  idle: IdleClient;
  /** Rows of one statement; a lost connection is opened anew, the statement is not repeated. */
  query<Row extends pg.QueryResultRow = Record<string, unknown>>(
    sql: string,
    parameters?: unknown[],
  ): Promise<Row[]>;
  /** Puts the database's clock forward. */
  pass(seconds: number): Promise<void>;
  /** How many requests to replenish-pool pg_net has to send; they are its no more. */
  takeNudges(): Promise<number>;
  /** Nudges the function, and waits until it has done what it can do now. */
  work(): Promise<void>;
}

const clock = (start: number) => `
  create sequence phone_pool.test_seconds minvalue 0 start ${start};
  grant select, update, usage on sequence phone_pool.test_seconds to public;
  create or replace function phone_pool.clock() returns timestamptz
  language sql set search_path = pg_catalog, pg_temp
  as $$ select clock_timestamp() + (select last_value from phone_pool.test_seconds)
    * interval '1 second' $$`;

/** Seconds until the tenth of next month: the run does not meet the end of a budget's month. */
function secondsUntilMidMonth(now = new Date()): number {
  const midMonth = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 10);
  return Math.round((midMonth - now.getTime()) / 1000);
}

export async function createWorld(cluster: Cluster, schedule: Schedule): Promise<World> {
  const simulator = await startTelnyxSimulator({
    seed: schedule.seed,
    monthlyCost: schedule.monthlyCost,
    upfrontCost: schedule.upfrontCost,
    orderDelayMs: schedule.orderDelayMs,
    log: () => watch.look(),
  });
  const watch = startWatch(simulator.state, {
    maxNumbers: schedule.settings.max_numbers,
    monthlyBudget: schedule.settings.monthly_budget_usd,
  });
  const api = startDataApi();
  const killsWorker = schedule.phases.some(({ accident }) => accident === "worker killed");
  const start = killsWorker ? startProcess : startInProcess;
  const [worker, database] = await Promise.all([
    start({
      SUPABASE_URL: api.url,
      SUPABASE_SECRET_KEYS: JSON.stringify({ default: "sb_secret_faults" }),
      TELNYX_API_KEY: simulatedApiKey,
      TELNYX_CONNECTION_ID: simulatedConnectionId,
      TELNYX_BASE_URL: simulator.apiUrl,
      TELNYX_TIMEOUT_MS: "1500",
    }),
    cluster.createDatabase(),
  ]);
  api.connectTo(cluster.url("authenticator", database));
  const { query, close } = createQuery(cluster.url("postgres", database));
  await prepare(query, schedule);
  const idle = createIdleClient(cluster.url("postgres", database), await registerOne({ query }));
  return {
    cluster,
    database,
    simulator,
    worker,
    watch,
    idle,
    query,
    async pass(seconds) {
      await query(
        `select setval('phone_pool.test_seconds',
           (select last_value from phone_pool.test_seconds) + $1)`,
        [seconds],
      );
    },
    takeNudges: async () => (await query("delete from net.http_request_queue returning id")).length,
    work: () => work({ worker, query, simulator }, api),
    async [Symbol.asyncDispose]() {
      await worker.stop();
      watch.stop();
      await simulator.stop();
      await api.stop();
      await idle.end("rollback");
      await close();
      await cluster.dropDatabase(database);
    },
  };
}

async function prepare(query: World["query"], { settings }: Schedule): Promise<void> {
  await query(clock(secondsUntilMidMonth()));
  await setVault({ query });
  await query(
    `update phone_pool.settings set max_numbers = $1, monthly_budget_usd = $2, low_water = $3,
       batch_size = 4, area_code_wait = '5 minutes'`,
    [settings.max_numbers, settings.monthly_budget_usd, settings.low_water],
  );
}

/** Without a sign of life for so long, the function waits for something, or is not there. */
const QUIET_MILLISECONDS = 400;

async function work(
  { worker, query, simulator }: Pick<World, "worker" | "query" | "simulator">,
  api: DataApi,
): Promise<void> {
  const rests = () => worker.runs() + api.rests();
  const signs = () => api.calls() + api.busy() + simulator.state.requests.length;
  const before = rests();
  if (!await worker.nudge()) return;
  let [seen, at] = [signs(), Date.now()];
  while (Date.now() - at < QUIET_MILLISECONDS) {
    if (rests() > before && api.busy() === 0) {
      const [claimed] = await query(
        `select from phone_pool.purchases where lease_until > phone_pool.clock() limit 1`,
      );
      if (!claimed) return;
    }
    await pause(10);
    if (signs() !== seen || api.busy() > 0) [seen, at] = [signs(), Date.now()];
  }
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
