import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { allowAnyHour, openCall, startCall } from "../../support/intake-calls.ts";
import { readNumber, setStatus } from "../../support/lifecycle.ts";
import {
  addNumbers,
  contradictions,
  existing,
  freeNumbers,
  planNow,
  register,
  registerOne,
  sweep,
  travel,
  value,
  values,
} from "../../support/pool.ts";

type Happen = (db: TestDatabase, id: string) => Promise<unknown>;

const remove: Happen = (db, id) => db.query("delete from organizations where id = $1", [id]);

/** What becomes of an organization that has just got the number, and how many hours that rests. */
const CASES: [what: string, happen: Happen, hours: number][] = [
  ["deleted at once", remove, 24],
  ["deleted after 23 hours", async (db, id) => {
    await travel(db, "23 hours");
    await remove(db, id);
  }, 24],
  ["deleted after 25 hours", async (db, id) => {
    await travel(db, "25 hours");
    await remove(db, id);
  }, 90 * 24],
  ["deleted, as the settings say", async (db, id) => {
    await db.query("update phone_pool.settings set quarantine_unused_hours = 48");
    await remove(db, id);
  }, 48],
  ["a call was permitted and not dialled", async (db, id) => {
    await openCall(db, id);
    await remove(db, id);
  }, 24],
  ["a phone has rung", async (db, id) => {
    await startCall(db, (await openCall(db, id)).id);
    await remove(db, id);
  }, 90 * 24],
  ["canceled", (db, id) => setStatus(db, id, "canceled"), 90 * 24],
  ["canceled, then deleted", async (db, id) => {
    await setStatus(db, id, "canceled");
    await remove(db, id);
  }, 90 * 24],
  ["released", (db, id) => db.query("select unassign_phone_number($1, 'x')", [id]), 90 * 24],
  ["replaced", async (db, id) => {
    await addNumbers(db, 1, { areaCode: "415" });
    await db.query("select replace_phone_number($1, 'x')", [id]);
  }, 90 * 24],
  ["back within its quarantine, then deleted", async (db, id) => {
    await setStatus(db, id, "canceled");
    await setStatus(db, id, "active");
    await remove(db, id);
  }, 90 * 24],
];

Deno.test("a number whose clinic was deleted within a day and never called rests a day, others as long as ever", async (t) => {
  for (const [what, happen, hours] of CASES) {
    await t.step(what, async () => {
      await using db = await createTestDatabase();
      await allowAnyHour(db);
      const [number = ""] = await addNumbers(db, 1);
      await happen(db, await registerOne(db));
      assertEquals((await readNumber(db, number)).status, "suspended");
      const rest = await values<number>(
        db,
        `select round(extract(epoch from t.quarantine_until - upper(t.held)) / 3600)::int as value
         from phone_pool.tenures t join phone_numbers n on n.id = t.phone_number_id
         where n.phone_number = $1 and not upper_inf(t.held)
           and n.suspended_until = t.quarantine_until
         order by t.id desc limit 1`,
        [number],
      );
      assertEquals(rest, [hours]);
    });
  }
});

Deno.test("one that waited for days and was deleted an hour after it had its number: as long as ever", async () => {
  await using db = await createTestDatabase();
  const id = await registerOne(db);
  await travel(db, "2 days");
  const [number = ""] = await addNumbers(db, 1);
  await planNow(db);
  await remove(db, id);
  assertEquals((await readNumber(db, number)).days_left, 90);
});

Deno.test("a day later another clinic has it, and the history tells both", async () => {
  await using db = await createTestDatabase();
  const [number = ""] = await addNumbers(db, 1);
  const first = await registerOne(db);
  await remove(db, first);
  await travel(db, "23 hours");
  await sweep(db);
  assertEquals(await freeNumbers(db), []);
  await travel(db, "25 hours");
  await sweep(db);
  const second = await registerOne(db);
  assertEquals(
    await values(
      db,
      `select organization_id as value from admin_number_history where phone_number = $1
       order by held_from`,
      [number],
    ),
    [first, second],
  );
  assertEquals(await contradictions(db), []);
});

Deno.test("an organization from before phone-pool counts from when it asked", async () => {
  await using db = await createTestDatabase();
  const id = await existing(db);
  await db.query("update organizations set created_at = now() - interval '3 years'");
  const [number = ""] = await addNumbers(db, 1);
  await db.query("select request_phone_number($1)", [id]);
  await remove(db, id);
  assertEquals((await readNumber(db, number)).days_left, 1);
});

Deno.test("500 created and deleted in half an hour: said before the budget is gone, and over in a day", async () => {
  await using db = await createTestDatabase();
  await db.query("update phone_pool.settings set low_water = 0, max_numbers = 1000");
  await addNumbers(db, 500);
  await register(db, 12);
  await db.query("delete from organizations where true");
  await sweep(db);
  const churn = "select count(*)::int from phone_pool.alerts where kind = 'churn_high'" +
    " and closed_at is null and quiet_since is null";
  assertEquals(await value(db, churn), 1);
  for (let i = 0; i < 4; i++) {
    await register(db, 122);
    await db.query("delete from organizations where true");
  }
  assertEquals((await freeNumbers(db)).length, 0);
  await travel(db, "25 hours");
  for (let i = 0; i < 3; i++) await sweep(db);
  assertEquals(
    await value(db, "select count(*)::int from phone_numbers where status = 'suspended'"),
    0,
  );
  assertEquals(await value(db, churn), 0);
  assertEquals(await contradictions(db), []);
});
