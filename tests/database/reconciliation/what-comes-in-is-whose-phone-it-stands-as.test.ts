import { assertEquals, assertMatch } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { callIn, leave, oneHolder, phoneOf, readNumber } from "../../support/lifecycle.ts";
import {
  addNumbers,
  contradictions,
  freeNumbers,
  openAlerts,
  phonesOf,
  planNow,
  register,
  registerOne,
  setVault,
  sweep,
  travel,
  value,
  values,
} from "../../support/pool.ts";
import { choose, claim, plan, recordOwned } from "../../support/purchases.ts";
import { listed, reconcile } from "../../support/reconciliation.ts";

const NUMBER = "+14155550199";
const SHOWN = "(415) 555-0199";

/** A number of ours of which there is no record, found by its tag. */
const adopt = (db: TestDatabase) => reconcile(db, [listed(NUMBER, { tags: ["ours"] })]);

/** Bought, and somebody showed it when it was chosen already. */
async function buy(db: TestDatabase) {
  const claimed = await claim(db, await plan(db));
  await db.query("set session_replication_role = replica");
  await db.query(
    "update phone_pool.purchases set status = 'ordering', phone_number = $2, chosen_at = now() where id = $1",
    [claimed.id, NUMBER],
  );
  await db.query("set session_replication_role = origin");
  await recordOwned(db, claimed);
}

const WAYS: Record<string, (db: TestDatabase) => Promise<unknown>> = {
  "adopted": adopt,
  "bought": buy,
};

async function withTag(): Promise<TestDatabase> {
  const db = await createTestDatabase();
  await setVault(db);
  await db.query("update phone_pool.settings set carrier_tag = 'ours'");
  return db;
}

for (const [way, comeIn] of Object.entries(WAYS)) {
  Deno.test(`${way}: a number that stands as one clinic's phone is that clinic's`, async () => {
    await using db = await withTag();
    const old = await registerOne(db, { phone: SHOWN });
    await comeIn(db);
    assertEquals(await phoneOf(db, old), NUMBER);
    const next = await registerOne(db, { areaCode: "415" });
    await planNow(db);
    assertEquals(await phoneOf(db, next), null);
    assertEquals(await contradictions(db), []);
  });

  Deno.test(`${way}: shown by two, or by one that has left, it is held back until that is over`, async (t) => {
    const cases: Record<string, (db: TestDatabase) => Promise<string>> = {
      "by two": async (db) => {
        await registerOne(db, { phone: SHOWN });
        return await registerOne(db, { phone: "4155550199" });
      },
      "by one that has left": (db) => registerOne(db, { phone: SHOWN, status: "canceled" }),
    };
    for (const [what, create] of Object.entries(cases)) {
      await t.step(what, async () => {
        await using db = await withTag();
        const other = await create(db);
        await comeIn(db);
        const { status } = await readNumber(db, NUMBER);
        assertEquals([status, await freeNumbers(db)], ["suspended", []]);
        assertMatch(
          await value<string>(
            db,
            "select suspended_reason from admin_phone_numbers where phone_number = $1",
            [NUMBER],
          ),
          /^shown by organization [0-9a-f-]{36}$/,
        );
        for (let day = 1; day < 4; day++) {
          await travel(db, `${day * 25} hours`);
          await sweep(db);
          assertEquals(
            (await openAlerts(db)).includes("number_held_back"),
            true,
            "as long as it is",
          );
          assertEquals(await freeNumbers(db), []);
        }
        await db.query("delete from organizations where id = $1", [other]);
        await travel(db, "200 hours");
        await sweep(db);
        const { status: then, organization_id } = await readNumber(db, NUMBER);
        const left = await values<string>(
          db,
          "select id as value from organizations where subscription_status = 'active'",
        );
        assertEquals([then, organization_id], [
          left.length === 1 ? "assigned" : "available",
          left[0] ?? null,
        ]);
        await sweep(db);
        assertEquals((await openAlerts(db)).includes("number_held_back"), false);
        assertEquals(await contradictions(db), []);
      });
    }
  });

  Deno.test(`${way}: the row of the clinic that shows it cannot be written: held back, and said`, async () => {
    await using db = await withTag();
    await registerOne(db, { phone: SHOWN });
    await db.query(
      `create function public.refuse_of_a_test() returns trigger language plpgsql
       as $$ begin raise exception 'refused by the test'; end $$`,
    );
    await db.query(
      `create trigger refuse before update on organizations for each row
       execute function public.refuse_of_a_test()`,
    );
    await comeIn(db);
    assertEquals((await readNumber(db, NUMBER)).status, "suspended");
    assertEquals((await openAlerts(db)).includes("number_held_back"), true);
    assertEquals(await contradictions(db), []);
  });

  Deno.test(`${way}: shown by nobody, it serves the oldest that waits`, async () => {
    await using db = await withTag();
    const [first, second] = await register(db, 2);
    await comeIn(db);
    assertEquals(await phonesOf(db, [first ?? "", second ?? ""]), [NUMBER, null]);
  });
}

Deno.test("a number that an organization shows is no candidate for a purchase", async () => {
  await using db = await createTestDatabase();
  await registerOne(db, { phone: SHOWN });
  assertEquals(await choose(db, await claim(db, await plan(db)), NUMBER), false);
});

Deno.test("a quarantine ends, and somebody shows the number: held back, never given to another", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  const { organizationId, phoneNumber } = await oneHolder(db);
  const others = await addNumbers(db, 2, { areaCode: "415" });
  await leave(db, organizationId);
  // Past all triggers: a restore of the application's, a formatter.
  await db.query("set session_replication_role = replica");
  await db.query(
    "update organizations set phone = '212-555-0001', subscription_status = 'canceled'",
  );
  await db.query("set session_replication_role = origin");
  await db.query(
    "update phone_pool.heartbeats set result = '{\"after\": \"ffffffff-ffff-ffff-ffff-ffffffffffff\"}' where job = 'look_after_organizations'",
  );
  await travel(db, "91 days");
  await db.query("select phone_pool.end_quarantines()");
  assertEquals((await readNumber(db, phoneNumber)).status, "suspended");
  assertEquals((await openAlerts(db)).includes("number_held_back"), true);
  assertEquals(await phonesOf(db, await register(db, 2)), others);
  // The sweep takes the phone away from the one that does not hold it, and then the number is free.
  await sweep(db);
  assertEquals(await phoneOf(db, organizationId), null);
  await travel(db, "92 days");
  await sweep(db);
  assertEquals(await freeNumbers(db), [phoneNumber]);
});

Deno.test("held back and retired: given back at once, or when its quarantine is over, and never lost", async (t) => {
  await t.step("it was nobody's", async () => {
    await using db = await withTag();
    await registerOne(db, { phone: SHOWN, status: "canceled" });
    await adopt(db);
    await db.query("select retire_phone_number($1, 'x')", [NUMBER]);
    assertEquals((await readNumber(db, NUMBER)).status, "released");
  });
  await t.step("it rests again, because somebody called", async () => {
    await using db = await createTestDatabase();
    await setVault(db);
    const { organizationId, phoneNumber } = await oneHolder(db);
    await leave(db, organizationId);
    await travel(db, "91 days");
    await sweep(db);
    await db.query(
      "select phone_pool.hold_back_number(id, 'a test') from phone_numbers where phone_number = $1",
      [phoneNumber],
    );
    assertEquals(
      await callIn(db, phoneNumber, "e"),
      "counted",
    );
    await db.query("select retire_phone_number($1, 'x')", [phoneNumber]);
    assertEquals((await readNumber(db, phoneNumber)).status, "suspended");
    await travel(db, "182 days");
    await sweep(db);
    assertEquals((await readNumber(db, phoneNumber)).status, "released");
  });
});
