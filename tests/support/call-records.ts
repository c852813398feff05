import { createImport } from "../../functions/reconcile-carrier/call-records.ts";
import { createCallRecordLedger } from "../../functions/reconcile-carrier/call-record-ledger.ts";
import { importCallRecords } from "../../functions/reconcile-carrier/import-call-records.ts";
import { createCallRecords } from "../../functions/_shared/carrier-call-records.ts";
import type { CallDatabase } from "../../functions/_shared/database.ts";
import type { Log } from "../../functions/_shared/log.ts";
import {
  type RecordToAdd,
  type RunningTelnyxSimulator,
  simulatedApiKey,
  startTelnyxSimulator,
} from "../../supabase/local/simulators/telnyx/mod.ts";
import { createTestDatabase, type TestDatabase } from "./database.ts";
import { value } from "./pool.ts";
import { createRpc } from "./rpc.ts";

/** The database, Telnyx's records, and the import between them, on one clock that waiting moves. */
export interface Records {
  db: TestDatabase;
  simulator: RunningTelnyxSimulator;
  call: CallDatabase;
  /** Milliseconds. */
  now(): number;
  pass(seconds: number): Promise<void>;
  /** One run of the worker, as a nudge starts it. */
  run(log?: Log): Promise<number | null>;
  /** A run that dies, as by SIGKILL, before or after its k-th step; false: it had ended before. */
  runUntilKilled(k: number, when: "before" | "after"): Promise<boolean>;
  /** Runs until the list is read; false: it was not within the hour. */
  readAll(): Promise<boolean>;
  addRecord(record: RecordToAdd): string;
}

/** @param start ISO 8601: what the clock shows at first; it stands still unless somebody waits */
export async function withRecords(
  start: string,
  body: (records: Records) => Promise<void>,
): Promise<void> {
  await using db = await createTestDatabase();
  const clock = await createClock(db, Date.parse(start));
  const simulator = await startTelnyxSimulator({ now: clock.now });
  const call = createRpc(await db.connect("service_role"));
  const options = { apiKey: simulatedApiKey, baseUrl: simulator.apiUrl };
  const config = { TELNYX_API_KEY: options.apiKey, TELNYX_BASE_URL: options.baseUrl };
  const time = { now: clock.now, delay: clock.delay };
  const run = (log: Log = () => {}) => createImport(call, config, time)(log);
  try {
    await body({
      db,
      simulator,
      call,
      now: clock.now,
      pass: (seconds) => clock.delay(seconds * 1000),
      run,
      runUntilKilled: async (k, when) => {
        const fate = mortal(k, when);
        const work = importCallRecords({
          records: fate.wrap(createCallRecords(options)),
          ledger: fate.wrap(createCallRecordLedger(call)),
          ...time,
          log: () => {},
        });
        return await Promise.race([fate.died, work.then(() => false)]);
      },
      readAll: async () => {
        for (let runs = 0; runs < 60; runs++) {
          await run();
          if (!(await isReading(db))) return true;
          await clock.delay(60_000);
        }
        return false;
      },
      addRecord: (record) => simulator.control.addRecord(record).id,
    });
  } finally {
    await simulator.stop();
  }
}

export const isReading = (db: TestDatabase) =>
  value<boolean>(db, "select since is not null from phone_pool.call_record_import");

async function createClock(db: TestDatabase, start: number) {
  const client = await db.connect();
  let at = start;
  await client.query(`
    create sequence phone_pool.test_clock minvalue 0 start ${start};
    grant select, update, usage on sequence phone_pool.test_clock to public;
    create or replace function phone_pool.clock() returns timestamptz
    language sql stable set search_path = pg_catalog, pg_temp
    as $$ select to_timestamp((select last_value from phone_pool.test_clock) / 1000.0) $$;
    update phone_pool.heartbeats set last_at = phone_pool.clock() where last_at is not null`);
  return {
    now: () => at,
    delay: async (milliseconds: number) => {
      at += Math.ceil(milliseconds);
      await client.query("select setval('phone_pool.test_clock', $1)", [at]);
    },
  };
}

function mortal(k: number, when: "before" | "after") {
  const { promise: died, resolve } = Promise.withResolvers<true>();
  let steps = 0;
  const wrap = <T extends object>(part: T): T => {
    const plain: object = part;
    return new Proxy(part, {
      get(_, key) {
        const step: (...args: never[]) => Promise<unknown> = Reflect.get(plain, key);
        return async (...args: never[]) => {
          const isLast = ++steps === k;
          const result = isLast && when === "before" ? undefined : await step(...args);
          if (!isLast) return result;
          resolve(true);
          return await new Promise<never>(() => {});
        };
      },
    });
  };
  return { wrap, died };
}
