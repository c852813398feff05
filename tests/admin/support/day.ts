import {
  choose,
  type Claim,
  nextNumber,
  recordFailure,
  recordOrdered,
  recordOwned,
} from "../../support/purchases.ts";
import { planNow, type Runner, sweep } from "../../support/pool.ts";
import { assert } from "../../support/assert.ts";
import { setClock, stopClock } from "./clock.ts";
import { deliver, gist } from "./slack.ts";

export interface Day {
  /** "09:05 pool_low opened", as they were told. */
  told: string[];
  isTelnyxDown: boolean;
  isCronDown: boolean;
  /** Goes on minute by minute until that time, and then does something. */
  at(time: string, what?: string, work?: () => Promise<unknown>): Promise<void>;
}

const DATE = "2026-11-18";

/** A day on a database of its own: every minute the worker, pg_cron, a monitor and pg_net. */
export async function startDay(db: Runner, time: string): Promise<Day> {
  let now = new Date(`${DATE}T${time}Z`);
  await stopClock(db, now);
  const log = (text: string) => console.log(`${clockTime(now)} ${text}`);
  const day: Day = {
    told: [],
    isTelnyxDown: false,
    isCronDown: false,
    async at(time, what, work) {
      const end = new Date(`${DATE}T${time}Z`);
      while (now < end) {
        now = new Date(now.getTime() + 60_000);
        await setClock(db, now);
        await minute(db, day, (text) => {
          day.told.push(`${clockTime(now)} ${text}`);
          log(`  alert: ${text}`);
        });
      }
      if (what) log(what);
      await work?.();
    },
  };
  return day;
}

const clockTime = (at: Date) => at.toISOString().slice(11, 16);

async function minute(db: Runner, day: Day, tell: (text: string) => void): Promise<void> {
  await buy(db, day.isTelnyxDown);
  if (!day.isCronDown) await sweep(db);
  // An outside monitor asks the Edge Function health.
  await db.query("select * from phone_pool_worker.get_pool_health()");
  for (const text of await deliver(db)) tell(gist(text));
}

/** What replenish-pool does in a minute. */
async function buy(db: Runner, isTelnyxDown: boolean): Promise<void> {
  await planNow(db);
  const claims = await db.query<Claim & Record<string, unknown>>(
    "select id, claim_token as token from phone_pool_worker.claim_purchases(50)",
  );
  for (const claim of claims) {
    await recordRequest(db, isTelnyxDown ? 503 : 200);
    if (isTelnyxDown) {
      await recordFailure(db, claim, "carrier_down");
    } else {
      assert(await choose(db, claim, await nextNumber(db)));
      await recordOrdered(db, claim);
      await recordOwned(db, claim);
    }
  }
}

const recordRequest = (db: Runner, status: number) =>
  db.query("select phone_pool_worker.record_carrier_requests($1)", [JSON.stringify([{
    operation: "search",
    ok: status === 200,
    http_status: status,
    error_class: status === 200 ? null : "carrier_down",
    milliseconds: 120,
  }])]);
