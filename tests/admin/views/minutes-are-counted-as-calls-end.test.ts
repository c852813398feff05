import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { allowAnyHour, openCall } from "../../support/intake-calls.ts";
import { addNumbers, on, openAlerts, registerOne, type Runner, value } from "../../support/pool.ts";

const COUNTED = "select coalesce((select calls || ' calls, ' || talk_seconds::float8 || ' s'\
 from phone_pool.call_months), 'nothing')";
const MARKED = "select count(*)::int from phone_pool.call_months_to_count";

/** A call answered and over after a minute: the two facts in this order, as they may come. */
const FACTS = {
  answered: "answered_at = created_at",
  left: "left_at = created_at + interval '1 minute', left_reason = 1",
  ended: "reported_ended_at = created_at + interval '50 seconds'",
};

const tell = (db: Runner, id: string, fact: keyof typeof FACTS) =>
  db.query(`update phone_pool.intake_calls set ${FACTS[fact]} where id = $1`, [id]);

async function withCall(
  run: (db: Runner & { connect(): Promise<Runner> }, id: string) => Promise<void>,
) {
  await using db = await createTestDatabase();
  await allowAnyHour(db);
  await addNumbers(db, 2);
  const { id } = await openCall(db, await registerOne(db));
  await run({ query: db.query, connect: async () => on(await db.connect()) }, id);
}

const ORDERS: [(keyof typeof FACTS)[], string][] = [
  [["answered", "left"], "1 calls, 60 s"],
  [["left", "answered"], "1 calls, 60 s"],
  [["answered", "ended"], "1 calls, 50 s"],
  // Who left when is known better by LiveKit than by the agent.
  [["ended", "answered", "left"], "1 calls, 60 s"],
  [["left"], "nothing"],
];

for (const [facts, expected] of ORDERS) {
  Deno.test(`told ${facts.join(", then ")}: ${expected}`, () =>
    withCall(async (db, id) => {
      for (const fact of facts) await tell(db, id, fact);
      assertEquals([await value(db, COUNTED), await value(db, MARKED)], [expected, 0]);
    }));
}

Deno.test("in somebody's way, the call goes on and its month is counted by the sweep", () =>
  withCall(async (db, id) => {
    await tell(db, id, "answered");
    const [call] = await db.query("select organization_id from phone_pool.intake_calls");
    const other = await db.connect();
    await other.query("begin");
    await other.query(
      `insert into phone_pool.call_months (organization_id, month)
       values ($1, phone_pool.month_of(phone_pool.clock()))`,
      [call?.organization_id],
    );
    await db.query("set statement_timeout = '5s'");
    await tell(db, id, "left");
    await other.query("commit");
    assertEquals([await value(db, COUNTED), await value(db, MARKED)], ["0 calls, 0 s", 1]);
    await db.query("select phone_pool.sweep()");
    assertEquals([await value(db, COUNTED), await value(db, MARKED)], ["1 calls, 60 s", 0]);
  }));

Deno.test("broken altogether, it costs the call nothing and leaves an alert", () =>
  withCall(async (db, id) => {
    await db.query("drop table phone_pool.call_months, phone_pool.call_months_to_count cascade");
    await tell(db, id, "answered");
    await tell(db, id, "left");
    assertEquals(
      await value(db, "select talk_time::text from phone_pool.intake_calls"),
      "00:01:00",
    );
    const late = (await openAlerts(db)).filter((kind) => kind === "call_minutes_late");
    assertEquals(late.length, 1);
  }));
