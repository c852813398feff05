import type { TestDatabase } from "./database.ts";
import { openCall, startCall } from "./intake-calls.ts";
import { leave } from "./lifecycle.ts";
import { register, setClock, setVault, sweep, values } from "./pool.ts";
import { buyAllDue } from "./purchases.ts";
import { ours, reconcile } from "./reconciliation.ts";

/** The last day of the month, at its evening: the clock stands there afterwards. */
export const MONTH_ENDS = "2026-06-30T21:00:00Z";

const JOBS = ["sweep", "reconcile-carrier", "telnyx-webhook", "livekit-webhook"];
const HOURS = [9, 13, 17];
const OUTCOMES = ["completed", "completed", "completed", "busy", "voicemail", "no_answer"];

/**
 * Thirty days of a pool as it is really used: clinics come and go, numbers are bought, patients are
 * called, Telnyx is slow on one day and away on another.
 */
export async function liveAMonth(db: TestDatabase): Promise<void> {
  await setVault(db);
  await db.query(
    `update phone_pool.settings set calling_hours_enforced = false, initial_size = 20,
       monthly_budget_usd = 150`,
  );
  await db.query("update phone_pool.heartbeats set last_at = null where true");
  await db.query("select vault.create_secret('a key of the callees', 'phone_pool_callee_key')");
  let turn = 0;
  for (let day = 1; day <= 30; day++) {
    for (const hour of HOURS) await liveAnHour(db, day, hour, turn++);
    await reconcile(db, await ours(db));
  }
  await setClock(db, MONTH_ENDS);
  await work(db);
}

async function liveAnHour(db: TestDatabase, day: number, hour: number, turn: number) {
  const at = (minute: number) => setClock(db, moment(day, hour, minute));
  await at(1);
  // It ran every minute in between, too.
  await db.query("select phone_pool.beat(job) from unnest($1::text[]) job", [JOBS]);
  const isCarrierAway = day === 12;
  await register(db, isCarrierAway ? 8 : turn % 7 === 3 ? 3 : turn % 2);
  await askCarrier(db, isCarrierAway ? "away" : day === 20 ? "slow" : "well", turn);
  await at(3);
  await (isCarrierAway ? sweep(db) : work(db));
  const clinics = await values<string>(
    db,
    "select organization_id as value from public.phone_numbers where status = 'assigned' order by 1",
  );
  const calls: [id: string, outcome: string][] = [];
  for (let k = 0; k < Math.min(clinics.length, 3); k++) {
    const clinic = clinics[(turn * 5 + k) % clinics.length];
    if (clinic) calls.push(...await callSomebody(db, clinic, turn * 3 + k));
  }
  await at(9);
  for (const call of calls) {
    await db.query(
      "select phone_pool_worker.report_intake_call($1::uuid::text, 'ended', $2)",
      call,
    );
  }
  await sweep(db);
  if (day % 6 === 5 && hour === 9 && clinics[0]) await leave(db, clinics[0]);
}

const moment = (day: number, hour: number, minute: number) =>
  `2026-06-${[day, hour].map((part) => String(part).padStart(2, "0")).join("T")}:0${minute}:00Z`;

/** What the sweep and replenish-pool do within a minute. */
async function work(db: TestDatabase): Promise<void> {
  await sweep(db);
  await buyAllDue(db);
  await sweep(db);
}

async function askCarrier(db: TestDatabase, how: "well" | "slow" | "away", turn: number) {
  const request = (operation: string, milliseconds: number) => ({
    operation,
    ok: how !== "away",
    http_status: how === "away" ? 503 : 200,
    error_class: how === "away" ? "carrier_down" : null,
    milliseconds: how === "slow" ? milliseconds * 12 : milliseconds,
  });
  await db.query("select phone_pool_worker.record_carrier_requests($1)", [
    JSON.stringify([request("search", 180 + turn % 90), request("order", 420 + turn % 150)]),
  ]);
}

/** Returns the call if somebody has picked up, with how it will end. */
async function callSomebody(
  db: TestDatabase,
  clinic: string,
  nth: number,
): Promise<[id: string, outcome: string][]> {
  const { id, status } = await openCall(db, clinic, { callee: `+1212555${1000 + nth}` });
  if (status !== "queued") return [];
  await startCall(db, id);
  await db.query(
    `select phone_pool_worker.record_intake_call($1::uuid, 'dialing', p_dispatch_id => $1::uuid::text,
       p_sip_call_id => $1::uuid::text)`,
    [id],
  );
  const outcome = OUTCOMES[nth % OUTCOMES.length] ?? "busy";
  if (["busy", "no_answer"].includes(outcome)) {
    await db.query("select phone_pool_worker.record_intake_call($1, $2, p_sip_status => 486)", [
      id,
      outcome,
    ]);
    return [];
  }
  await db.query(
    "select phone_pool_worker.record_intake_call($1, 'answered', p_at => phone_pool.clock())",
    [id],
  );
  return [[id, outcome]];
}
