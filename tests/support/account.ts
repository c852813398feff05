import { createImport } from "../../functions/reconcile-carrier/call-records.ts";
import { createReconcile } from "../../functions/reconcile-carrier/reconcile.ts";
import { createLedger, type Ledger } from "../../functions/release-numbers/ledger.ts";
import { createRelease } from "../../functions/release-numbers/release.ts";
import { releaseNumbers } from "../../functions/release-numbers/worker.ts";
import {
  type CarrierNumbers,
  createCarrierNumbers,
} from "../../functions/_shared/carrier-numbers.ts";
import {
  createNudgedHandler,
  type NudgedHandlerDependencies,
} from "../../functions/_shared/nudged-handler.ts";
import {
  simulatedApiKey,
  simulatedConnectionId,
} from "../../supabase/local/simulators/telnyx/mod.ts";
import { assert, assertEquals } from "./assert.ts";
import { openAlerts, register, values } from "./pool.ts";
import type { Supply } from "./supply.ts";

const SECRET = "a-secret-of-sixteen-and-more";

const account = ({ simulator }: Supply) => ({
  TELNYX_API_KEY: simulatedApiKey,
  TELNYX_CONNECTION_ID: simulatedConnectionId,
  TELNYX_BASE_URL: simulator.apiUrl,
  TELNYX_TIMEOUT_MS: 5000,
});

/** A nudge as pg_net sends it; resolves when the work behind the answer is done, to what failed. */
async function nudge(work: NudgedHandlerDependencies["work"]): Promise<unknown[]> {
  let background: Promise<void> | undefined;
  const failures: unknown[] = [];
  const handler = createNudgedHandler({
    secrets: [SECRET],
    work,
    runInBackground: (run) => background = run(),
    createLog: () => (event, fields) => {
      if (event === "work_failed") failures.push(fields?.error);
    },
  });
  const headers = { Authorization: `Bearer ${SECRET}` };
  const response = await handler(new Request(`http://x/`, { method: "POST", headers }));
  assertEquals(response.status, 202);
  await background;
  return failures;
}

export async function runRelease(supply: Supply): Promise<void> {
  const work = createRelease(supply.call, account(supply), supply.time);
  assertEquals(await nudge(work), []);
}

/** A comparison; returns how it failed, if it did. */
export const tryReconcile = (supply: Supply) =>
  nudge(createReconcile(supply.call, account(supply)));

/** One run of the import of call records. */
export async function runImport(supply: Supply): Promise<void> {
  const work = createImport(supply.call, account(supply), supply.time);
  assertEquals(await nudge(work), []);
}

export async function runReconcile(supply: Supply): Promise<void> {
  assertEquals(await tryReconcile(supply), []);
}

/** The parts of a release worker, as it would talk to Telnyx and the database. */
export function releaseParts(supply: Supply): { carrier: CarrierNumbers; ledger: Ledger } {
  const { TELNYX_API_KEY, TELNYX_BASE_URL } = account(supply);
  return {
    carrier: createCarrierNumbers({ apiKey: TELNYX_API_KEY, baseUrl: TELNYX_BASE_URL }),
    ledger: createLedger(supply.call),
  };
}

/**
 * Runs a release worker that dies, as by SIGKILL, before or after its k-th step; false if it came to
 * its end before that.
 */
export async function releaseUntilKilled(
  supply: Supply,
  k: number,
  when: "before" | "after",
): Promise<boolean> {
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
  const { carrier, ledger } = releaseParts(supply);
  const work = releaseNumbers({
    carrier: wrap(carrier),
    ledger: wrap(ledger),
    ...supply.time,
    log: () => {},
  });
  return await Promise.race([died, work.then(() => false)]);
}

/** `count` numbers, bought at Telnyx and free; the clock stands a day later. */
export async function buyNumbers(supply: Supply, count: number): Promise<string[]> {
  await supply.plan(count);
  await supply.run();
  await supply.pass(24 * 3600);
  const numbers = await values<string>(
    supply.db,
    "select phone_number as value from public.phone_numbers order by purchased_at, id",
  );
  assertEquals(numbers.length, count);
  return numbers;
}

/** A number that was given back in the database and not yet at Telnyx. */
export async function retireOne(supply: Supply): Promise<string> {
  const [number] = await values<string>(
    supply.db,
    `select (retire_phone_number(n.phone_number, 'a test')).phone_number as value
     from public.phone_numbers n where n.status = 'available' order by n.purchased_at limit 1`,
  );
  assert(number);
  return number;
}

/** One organization holds the oldest number, another has left its number to rest. */
export async function holdAndRest(supply: Supply): Promise<void> {
  const [, second] = await register(supply.db, 2);
  await supply.db.query("delete from public.organizations where id = $1", [second]);
}

/** Numbers that are not at both sides the same: alive here and not there, or the reverse. */
export async function outOfStep({ db, simulator }: Supply): Promise<string[]> {
  const { numbers } = simulator.control.snapshot();
  const there = numbers.map((number) => number.phone_number);
  const here = await values<string>(
    db,
    `select n.phone_number as value from public.phone_numbers n
     left join phone_pool.carrier_releases r on r.phone_number_id = n.id
     where n.status <> 'released' or r.gone_at is null`,
  );
  return [
    ...here.filter((number) => !there.includes(number)).map((number) => `not at Telnyx: ${number}`),
    ...there.filter((number) => !here.includes(number)).map((number) => `not here: ${number}`),
  ];
}

export const releaseAlerts = async ({ db }: Supply) =>
  (await openAlerts(db)).filter((kind) => kind === "release_failing");
