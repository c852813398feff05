import { assertEquals, assertMatch } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { allowAnyHour, openCall } from "../../support/intake-calls.ts";
import { leave, oneHolder, phoneOf, readNumber, setStatus } from "../../support/lifecycle.ts";
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
  waiting,
} from "../../support/pool.ts";
import { drifts, listed, ours, reconcile } from "../../support/reconciliation.ts";
import { openSession } from "../../support/sessions.ts";

const STATUSES = [
  "port-pending",
  "purchase-pending",
  "purchase-failed",
  "port-failed",
  "emergency-only",
  "requirement-info-pending",
  "port-out-pending",
  "a-word-of-tomorrow",
  null,
];

const carrierStatus = (db: TestDatabase, phoneNumber: string) =>
  value<string | null>(db, "select carrier_status from phone_numbers where phone_number = $1", [
    phoneNumber,
  ]);

/** Numbers old enough to be compared, all of them listed. */
async function compared(db: TestDatabase, count: number): Promise<string[]> {
  await setVault(db);
  const numbers = await addNumbers(db, count);
  await travel(db, "1 hours");
  await reconcile(db, await ours(db));
  return numbers;
}

Deno.test("a number found by our tag is adopted when it is active, and not before", async (t) => {
  for (const status of STATUSES) {
    await t.step(String(status), async () => {
      await using db = await createTestDatabase();
      await setVault(db);
      await db.query("update phone_pool.settings set carrier_tag = 'ours', low_water = 0");
      const found = listed("+14155550199", { status, tags: ["ours"] });
      assertEquals(await reconcile(db, [found]), []);
      assertEquals(await drifts(db), ["unknown_at_carrier +14155550199"]);
      assertMatch(
        await value<string>(db, "select detail from admin_drift"),
        /^ours, status .*: adopted when it is active$/,
      );
      const id = await registerOne(db, { areaCode: "415" });
      await sweep(db);
      assertEquals(await phoneOf(db, id), null);
      await reconcile(db, [{ ...found, status: "active" }]);
      assertEquals([await drifts(db), await phoneOf(db, id)], [[], "+14155550199"]);
    });
  }
});

Deno.test("one of the pool that is no longer active is not handed out until it is", async (t) => {
  for (const status of STATUSES.filter((status) => status !== null)) {
    await t.step(status, async () => {
      await using db = await createTestDatabase();
      const [first = "", second = ""] = await compared(db, 2);
      const account = await ours(db);
      const changed = account.map((entry) =>
        entry.phone_number === first ? { ...entry, status } : entry
      );
      await reconcile(db, changed);
      assertEquals(await freeNumbers(db), [second]);
      assertEquals(await drifts(db), [`not_active ${first}`]);
      assertEquals(await phonesOf(db, await register(db, 2)), [second, null]);
      await sweep(db);
      const alerts = await openAlerts(db);
      assertEquals(
        [alerts.includes("drift_found"), alerts.includes("number_held_back")],
        [true, true],
      );
      await travel(db, "3 hours");
      await reconcile(db, account);
      await travel(db, "5 hours");
      await sweep(db);
      await sweep(db);
      assertEquals([await waiting(db), await drifts(db)], [[], []]);
      assertEquals((await openAlerts(db)).includes("number_held_back"), false);
      assertEquals(await contradictions(db), []);
    });
  }
});

Deno.test("one of the pool that is gone is not handed out, and the next clinic gets another", async () => {
  await using db = await createTestDatabase();
  const [first = "", ...rest] = await compared(db, 4);
  await reconcile(db, (await ours(db)).filter((entry) => entry.phone_number !== first));
  assertEquals([await carrierStatus(db, first), await freeNumbers(db)], ["gone", rest]);
  assertEquals(await drifts(db), [`gone_at_carrier ${first}`]);
  assertEquals(await phonesOf(db, await register(db, 1)), rest.slice(0, 1));
  await db.query("select retire_phone_number($1, 'gone')", [first]);
  assertEquals((await readNumber(db, first)).status, "released");
});

Deno.test("a clinic whose number is gone makes no calls, and somebody is told until it has another", async () => {
  await using db = await createTestDatabase();
  await allowAnyHour(db);
  const [number = "", next = ""] = await compared(db, 4);
  const id = await registerOne(db);
  const account = await ours(db);
  await reconcile(db, account.filter((entry) => entry.phone_number !== number));
  const gone = async () => (await openAlerts(db)).filter((kind) => kind === "number_gone").length;
  assertEquals(await gone(), 1);
  const call = await openCall(db, id);
  assertEquals([call.status, call.reason], ["refused", "number_not_active"]);
  assertEquals(
    await value(db, "select status from phone_pool.errors where code = $1", [
      call.reason,
    ]),
    409,
  );
  for (let day = 1; day < 5; day++) {
    await travel(db, `${25 * day} hours`);
    await sweep(db);
    assertEquals(await gone(), 1, "as long as it is so");
  }
  await db.query("select replace_phone_number($1, 'gone at Telnyx')", [id]);
  assertEquals(await phoneOf(db, id), next);
  assertEquals((await openCall(db, id)).caller_id, next);
  await sweep(db);
  assertEquals(await gone(), 0);
});

Deno.test("a resting number that is gone comes back to nobody", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  const { organizationId, phoneNumber } = await oneHolder(db);
  await addNumbers(db, 5, { areaCode: "415" });
  await leave(db, organizationId);
  await travel(db, "1 hours");
  await reconcile(db, (await ours(db)).filter((entry) => entry.phone_number !== phoneNumber));
  await setStatus(db, organizationId, "active");
  assertEquals((await phoneOf(db, organizationId))?.slice(0, 5), "+1415");
  await travel(db, "92 days");
  await sweep(db);
  assertEquals((await readNumber(db, phoneNumber)).status, "suspended");
  await db.query("select retire_phone_number($1, 'gone')", [phoneNumber]);
  assertEquals((await readNumber(db, phoneNumber)).status, "released");
});

const LISTS: [what: string, missing: number, of: number, believed: boolean][] = [
  ["another account's key", 12, 12, false],
  ["more than half", 7, 12, false],
  ["half", 6, 12, true],
  ["five of few", 5, 8, true],
  ["one", 1, 12, true],
];

Deno.test("a list that lost most of our numbers is not believed", async (t) => {
  for (const [what, missing, of, believed] of LISTS) {
    await t.step(what, async () => {
      await using db = await createTestDatabase();
      await compared(db, of);
      await reconcile(db, (await ours(db)).slice(missing));
      assertEquals((await freeNumbers(db)).length, believed ? of - missing : of);
    });
  }
});

Deno.test("a number is listed twice: what is active counts, and what is over does not", async (t) => {
  for (const status of ["deleted", "ported-out", "port-failed", "purchase-failed"]) {
    for (const first of [true, false]) {
      await t.step(`${status} ${first ? "before" : "after"} the active one`, async () => {
        await using db = await createTestDatabase();
        const [number = ""] = await compared(db, 3);
        const old = listed(number, { id: "8", status, connection_id: null });
        const account = await ours(db);
        await reconcile(db, first ? [old, ...account] : [...account, old]);
        assertEquals(await drifts(db), []);
        assertEquals((await freeNumbers(db)).length, 3);
      });
    }
  }
  await t.step("only what is over is there: it is gone", async () => {
    await using db = await createTestDatabase();
    const [number = ""] = await compared(db, 3);
    const account = await ours(db);
    const over = account.map((entry) =>
      entry.phone_number === number ? { ...entry, status: "ported-out" } : entry
    );
    await reconcile(db, over);
    assertEquals(await carrierStatus(db, number), "gone");
  });
});

Deno.test("one that was being assigned meanwhile is followed by the next sweep", async () => {
  await using db = await createTestDatabase();
  const [number = ""] = await compared(db, 3);
  const client = await openSession(db);
  await client.query("begin");
  const id = await registerOne(client);
  await reconcile(db, (await ours(db)).filter((entry) => entry.phone_number !== number));
  assertEquals(await carrierStatus(db, number), "active");
  await client.query("commit");
  await sweep(db);
  assertEquals([await phoneOf(db, id), await carrierStatus(db, number)], [number, "gone"]);
  assertEquals((await openAlerts(db)).includes("number_gone"), true);
});

Deno.test("a number on no connection, or on another, is drift that heals itself", async () => {
  await using db = await createTestDatabase();
  const [first = "", second = ""] = await compared(db, 4);
  const account = (await ours(db)).map((entry) =>
    entry.phone_number === first
      ? { ...entry, connection_id: null }
      : entry.phone_number === second
      ? { ...entry, connection_id: "another" }
      : entry
  );
  const heals = await reconcile(db, account);
  assertEquals(
    heals.map(({ kind, phone_number }) => `${kind} ${phone_number}`).toSorted(),
    [`wrong_connection ${first}`, `wrong_connection ${second}`],
  );
});

Deno.test("a number that is known not to be ours is never taken in, deleted or a drift", async (t) => {
  const known = "insert into phone_pool.known_numbers (phone_number, note) values ($1, 'sold')";
  await t.step("never ours", async () => {
    await using db = await createTestDatabase();
    await db.query("update phone_pool.settings set carrier_tag = 'ours'");
    await db.query(known, ["+14155550199"]);
    await reconcile(db, [listed("+14155550199", { tags: ["ours"] })]);
    assertEquals([await drifts(db), await freeNumbers(db)], [[], []]);
  });
  for (const when of ["before it is given back", "after it was given back"]) {
    await t.step(`once ours, known ${when}`, async () => {
      await using db = await createTestDatabase();
      const [number = ""] = await compared(db, 3);
      if (when.startsWith("before")) await db.query(known, [number]);
      await db.query("select retire_phone_number($1, 'sold with the clinic')", [number]);
      if (when.startsWith("after")) await db.query(known, [number]);
      assertEquals(
        await values(
          db,
          "select phone_number as value from phone_pool_worker.claim_number_releases(9)",
        ),
        [],
      );
      assertEquals(
        await value(
          db,
          "select count(*)::int from phone_pool.carrier_releases where gone_at is null",
        ),
        0,
        "not rented by us any more",
      );
      const account = [...await ours(db), listed(number, { id: "293571" })];
      await travel(db, "4 hours");
      await reconcile(db, account);
      await planNow(db);
      assertEquals(await drifts(db), []);
      assertEquals(
        await values(
          db,
          "select phone_number as value from phone_pool_worker.claim_number_releases(9)",
        ),
        [],
      );
    });
  }
});
