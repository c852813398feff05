import { assert, assertEquals } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { allowAnyHour, openCall } from "../../support/intake-calls.ts";
import { leave } from "../../support/lifecycle.ts";
import {
  addNumbers,
  contradictions,
  countInFlight,
  existing,
  phonesOf,
  planNow,
  register,
  registerOne,
  type Runner,
  setVault,
  sweep,
  travel,
  value,
} from "../../support/pool.ts";
import { buyAllDue } from "../../support/purchases.ts";
import { ours, reconcile } from "../../support/reconciliation.ts";
import { openSession, withoutWaiting } from "../../support/sessions.ts";

/** Organizations in every situation. */
interface Scene {
  holder: string;
  /** Left, and its number rests. */
  left: string;
  /** Waits for area code 907. */
  wishes: string;
  /** Brought a phone of its own. */
  own: string;
  /** From before phone-pool: it has no number and does not wait. */
  old: string;
  free: string[];
}

async function createScene(db: TestDatabase): Promise<Scene> {
  await setVault(db);
  await allowAnyHour(db);
  await addNumbers(db, 2);
  const [holder = "", left = ""] = await register(db, 2);
  await leave(db, left);
  const own = await registerOne(db, { phone: "+13035550100" });
  const old = await existing(db);
  const free = await addNumbers(db, 12);
  const wishes = await registerOne(db, { areaCode: "907" });
  await planNow(db);
  return { holder, left, wishes, own, old, free };
}

type Hold = (client: Runner, scene: Scene) => Promise<unknown>;

const sql = (statement: string, who?: keyof Scene): Hold => (client, scene) =>
  client.query(statement, who ? [scene[who]] : []);

/** What a client has done in a transaction that it does not end. */
const HOLDS: Record<string, Hold> = {
  "a registration": (client) => register(client, 1),
  "a registration that takes all": (client) => register(client, 30),
  "a registration in an area code": (client) => register(client, 2, { areaCode: "415" }),
  "an order": sql("select order_phone_numbers(40)"),
  "an order in an area code": sql("select order_phone_numbers(3, '415')"),
  "a request": sql("select request_phone_number($1)", "old"),
  "a request for an area code": sql("select request_phone_number($1, '415')", "old"),
  "a request of one that waits": sql("select request_phone_number($1)", "wishes"),
  "a request instead of its own": sql(
    "select request_phone_number($1, p_replace_own => true)",
    "own",
  ),
  "a replacement": sql("select replace_phone_number($1, 'spam')", "holder"),
  "a replacement that waits": sql("select replace_phone_number($1, 'spam', '415')", "holder"),
  "an import": sql("select import_phone_number('+14155550100', '77')"),
  "an import for an organization": sql(
    "select import_phone_number('+14155550100', '77', $1)",
    "wishes",
  ),
  "an import of a file": sql(
    `select phone_pool_worker.import_phone_numbers('[{"line":1,"phone_number":"+14155550100","telnyx_phone_number_id":"7"}]')`,
  ),
  "a backfill": sql("select backfill_organizations(100)"),
  "a release": sql("select unassign_phone_number($1, 'x')", "holder"),
  "a retirement": sql(
    "select retire_phone_number(phone_number, 'x') from phone_numbers where status <> 'assigned'",
  ),
  "a call that is permitted": (client, { holder }) => openCall(client, holder),
  "raise_alert": sql(
    `select phone_pool.raise_alert(k, 'x') from unnest(array['pool_low', 'budget_reached',
       'max_numbers_reached', 'pool_empty', 'assignment_failed', 'sweep_failing']) k`,
  ),
  "close_alert": sql("select phone_pool.close_alert('pool_low')"),
  "alerts closed by hand": sql("update phone_pool.alerts set closed_at = now() where true"),
  "a deletion": sql("delete from organizations where id = $1", "holder"),
  "a deletion of one that waits": sql("delete from organizations where id = $1", "wishes"),
  "a cancellation": sql(
    "update organizations set subscription_status = 'canceled' where id = $1",
    "holder",
  ),
  "a return": sql(
    "update organizations set subscription_status = 'active' where id = $1",
    "left",
  ),
  "a phone written over": sql("update organizations set phone = '-' where id = $1", "holder"),
  "rows of all organizations locked": sql("select from organizations for update"),
  "a change of the settings": sql("update phone_pool.settings set low_water = 6 where true"),
};

// As the pool's functions took them once, and everybody may.
const KEYS = [
  "phone_pool.plan_purchases",
  "phone_pool.choose_purchase_number",
  "phone_pool.reconciliation",
  ...["sweep", "replenish-pool", "look_after_organizations", "catch_up_churn"].map((job) =>
    `heartbeat ${job}`
  ),
  ...["pool_low ", "pool_empty ", "budget_reached ", "assignment_failed ", "nudge_failed "].map((
    alert,
  ) => `alert ${alert}`),
];

HOLDS["advisory locks"] = async (client) => {
  for (const key of KEYS) {
    await client.query("select pg_advisory_lock(hashtextextended($1, 0))", [key]);
  }
};

for (const [name, hold] of Object.entries(HOLDS)) {
  Deno.test(`an idle client with ${name}: registering, planning, serving, comparing and the sweep go on`, async () => {
    await using db = await createTestDatabase();
    const scene = await createScene(db);
    const [client, other] = [await openSession(db), await openSession(db)];
    await client.query("begin");
    await hold(client, scene);

    // More than there are.
    const ids = await withoutWaiting(db, other, (session) => register(session, 20));
    const before = await countInFlight(db);
    await withoutWaiting(db, other, planNow);
    assert(await countInFlight(db) >= before + 10, "what is missing is planned");
    await withoutWaiting(db, other, (session) => session.query("select order_phone_numbers(2)"));
    assertEquals(await withoutWaiting(db, other, planNow) >= 2, true, "what was asked for, too");
    await withoutWaiting(db, other, (session) => buyAllDue(session));
    const steps = await withoutWaiting(db, other, sweep);
    assertEquals(Object.entries(steps).filter(([, done]) => done === null), []);
    // Two sweeps: it may be that one is passed over because the client has it.
    await withoutWaiting(db, other, sweep);
    assertEquals((await phonesOf(db, ids)).filter((phone) => phone === null), []);
    await addNumbers(db, 3, { areaCode: "646" });
    const newcomers = await withoutWaiting(db, other, (session) => register(session, 1));
    assertEquals((await phonesOf(db, newcomers)).includes(null), false, "at once");

    await travel(db, "1 hours");
    const account = (await ours(db)).map((entry) => ({ ...entry, connection_id: null }));
    await withoutWaiting(db, other, (session) => reconcile(session, account.slice(1)));

    await client.query("commit");
    for (let i = 0; i < 3; i++) {
      await planNow(db);
      await buyAllDue(db);
      await sweep(db);
    }
    assertEquals((await phonesOf(db, ids)).filter((phone) => phone === null), []);
    assertEquals(await contradictions(db), []);
    assertEquals(
      await value(db, "select count(*)::int from phone_pool.alerts where kind = 'sweep_failing'"),
      name === "raise_alert" ? 1 : 0,
    );
  });
}
