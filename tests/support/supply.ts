import { createLedger, type Ledger } from "../../functions/replenish-pool/ledger.ts";
import type { Time } from "../../functions/_shared/nudged-worker.ts";
import { createReplenish } from "../../functions/replenish-pool/replenish.ts";
import { replenish, type Totals } from "../../functions/replenish-pool/worker.ts";
import { type Carrier, createCarrier } from "../../functions/_shared/carrier.ts";
import type { CallDatabase } from "../../functions/_shared/database.ts";
import type { Log } from "../../functions/_shared/log.ts";
import {
  type RunningTelnyxSimulator,
  simulatedApiKey,
  simulatedConnectionId,
  startTelnyxSimulator,
  type TelnyxSimulatorOptions,
} from "../../supabase/local/simulators/telnyx/mod.ts";
import { createTestDatabase, type TestDatabase } from "./database.ts";
import { openAlerts, planNow } from "./pool.ts";
import { createRpc } from "./rpc.ts";
import { createTime } from "./supply-time.ts";

export { discrepancies } from "./discrepancies.ts";

/** The database, Telnyx, and the worker between them; time passes only when somebody waits. */
export interface Supply {
  db: TestDatabase;
  simulator: RunningTelnyxSimulator;
  call: CallDatabase;
  time: Time;
  /** One run of replenish-pool, as a nudge starts it. */
  run(log?: Log): Promise<Totals>;
  /** A run with other parts: a worker that dies, sleeps or is watched. */
  runWith(parts: Partial<Parts>, log?: Log): Promise<Totals>;
  parts: Parts;
  /** Lets time pass for the database and the worker. */
  pass(seconds: number): Promise<void>;
  /** Asks for numbers, and plans them. */
  plan(quantity?: number, areaCode?: string): Promise<void>;
}

export interface Parts {
  carrier: Carrier;
  ledger: Ledger;
}

export interface SupplyOptions extends TelnyxSimulatorOptions {
  /** Milliseconds, for one request to Telnyx. */
  timeout?: number;
  /** settings.low_water; 0 when not given: only what a test asks for, or waits for, is bought. */
  lowWater?: number;
}

export async function withSupply(
  options: SupplyOptions,
  body: (supply: Supply) => Promise<void>,
): Promise<void> {
  const { timeout = 10_000, lowWater = 0, ...simulated } = options;
  await using db = await createTestDatabase();
  await db.query("update phone_pool.settings set low_water = $1", [lowWater]);
  const simulator = await startTelnyxSimulator({ orderDelayMs: 0, ...simulated });
  try {
    await body(await createSupply(db, simulator, timeout));
  } finally {
    await simulator.stop();
  }
}

async function createSupply(
  db: TestDatabase,
  simulator: RunningTelnyxSimulator,
  timeout: number,
): Promise<Supply> {
  const call = createRpc(await db.connect("service_role"));
  const { time, pass } = await createTime(db);
  const account = {
    TELNYX_API_KEY: simulatedApiKey,
    TELNYX_CONNECTION_ID: simulatedConnectionId,
    TELNYX_BASE_URL: simulator.apiUrl,
    TELNYX_TIMEOUT_MS: timeout,
  };
  const carrier = createCarrier({
    apiKey: account.TELNYX_API_KEY,
    connectionId: account.TELNYX_CONNECTION_ID,
    baseUrl: account.TELNYX_BASE_URL,
    timeout,
  });
  const parts = { carrier, ledger: createLedger(call) };
  return {
    db,
    simulator,
    call,
    time,
    pass,
    parts,
    run: (log = () => {}) => createReplenish(call, account, time)(log),
    runWith: (others, log = () => {}) =>
      replenish({ ...parts, ...others, ...time, random: Math.random, log }),
    async plan(quantity = 1, areaCode) {
      await db.query("select order_phone_numbers($1, $2)", [quantity, areaCode]);
      await planNow(db);
    },
  };
}

export interface Bought {
  /** Orders sent, whatever became of them. */
  orders: number;
  /** Different numbers in those orders. */
  numbers: number;
  owned: number;
}

/** What the simulator saw since this many orders (`orderCount`). */
export function bought({ simulator }: Supply, since = 0): Bought {
  const { order_ledger, numbers } = simulator.control.snapshot();
  const sent = order_ledger.slice(since);
  const ordered = new Set(sent.map(({ body }) => JSON.stringify(body).match(/\+\d+/)?.[0]));
  return {
    orders: sent.length,
    numbers: ordered.size,
    owned: numbers.filter(({ phone_number }) => ordered.has(phone_number)).length,
  };
}

export const orderCount = ({ simulator }: Supply) =>
  simulator.control.snapshot().order_ledger.length;

export interface PurchaseRow {
  status: string;
  last_error_class: string | null;
  attempts: number;
  area_code: string | null;
  phone_number: string | null;
}

/** The purchases, the latest planned first. */
export const purchases = ({ db }: Supply) =>
  db.query<PurchaseRow & Record<string, unknown>>(
    `select status, last_error_class, attempts, area_code, phone_number
     from phone_pool.purchases order by planned_at desc, id`,
  );

/**
 * Runs as the sweep starts them, until nothing is in flight any more, for 20 minutes at most. What
 * Telnyx does between two of them is `meanwhile`: orders that are pending come to their end.
 */
export async function settle(
  supply: Supply,
  meanwhile: () => unknown = () => supply.simulator.control.settleOrders(),
): Promise<void> {
  for (let run = 0; run < 40; run++) {
    await supply.run();
    const rows = await purchases(supply);
    if (!rows.some(({ status }) => ["planned", "ordering", "ordered"].includes(status))) return;
    await supply.pass(30);
    meanwhile();
  }
}

const ALERTS = [
  "budget_reached",
  "max_numbers_reached",
  "none_in_stock",
  "price_too_high",
  "purchase_failing",
  "purchase_slow",
  "purchase_stuck",
];

/** The open alerts about buying. */
export const supplyAlerts = async ({ db }: Supply) =>
  (await openAlerts(db)).filter((kind) => ALERTS.includes(kind));
