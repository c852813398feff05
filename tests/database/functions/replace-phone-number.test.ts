import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { outcomeOf } from "../../support/failure.ts";
import { allowAnyHour, openCall } from "../../support/intake-calls.ts";
import {
  leave,
  oneHolder,
  phoneOf,
  readNumber,
  setStatus,
  tenuresOf,
} from "../../support/lifecycle.ts";
import {
  addNumbers,
  contradictions,
  countNudges,
  freeNumbers,
  phonesOf,
  planNow,
  register,
  registerOne,
  type Runner,
  setVault,
  sweep,
  travel,
  value,
  values,
  waiting,
} from "../../support/pool.ts";
import { buyAllDue } from "../../support/purchases.ts";

const replace = (
  db: Runner,
  id: string | null,
  areaCode: string | null = null,
  reason: string | null = "spam",
) =>
  value<string>(db, "select (replace_phone_number($1, $2, $3)).phone_number", [
    id,
    reason,
    areaCode,
  ]);

Deno.test("another number at once; the old one rests, marked as replaced", async () => {
  await using db = await createTestDatabase();
  const { organizationId, phoneNumber: old } = await oneHolder(db);
  const [next = ""] = await addNumbers(db, 3);
  assertEquals(await replace(db, organizationId), next);
  assertEquals(await phoneOf(db, organizationId), next);
  const { status, organization_id, days_left } = await readNumber(db, old);
  assertEquals([status, organization_id, days_left], ["suspended", null, 90]);
  assertEquals(
    await values(
      db,
      `select format('%s %s %s', n.phone_number, t.release_reason, t.is_replaced) as value
       from phone_pool.tenures t join public.phone_numbers n on n.id = t.phone_number_id order by t.id`,
    ),
    [`${old} spam t`, `${next}  f`],
  );
  assertEquals(await contradictions(db), []);
});

Deno.test("none free: it keeps what it has, waits in line, and gets the one that is bought", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  await allowAnyHour(db);
  const { organizationId, phoneNumber: old } = await oneHolder(db);
  const [first = ""] = await register(db, 1);
  await travel(db, "2 seconds");
  const nudges = await countNudges(db);
  assertEquals(await replace(db, organizationId), old);
  assertEquals(await waiting(db), [first, organizationId]);
  assertEquals(await countNudges(db), nudges + 1);
  assertEquals((await openCall(db, organizationId)).caller_id, old, "calls go on");
  await planNow(db);
  await buyAllDue(db);
  assertEquals(await waiting(db), []);
  const phones = await phonesOf(db, [first, organizationId]);
  assertEquals(phones.map((phone) => phone?.slice(0, 5)), ["+1646", "+1646"]);
  assertEquals(await tenuresOf(db, old), ["left"]);
  assertEquals((await openCall(db, organizationId)).caller_id, phones[1]);
  assertEquals(await contradictions(db), []);
});

Deno.test("an area code: that or nothing, and one that is free does not overtake others", async () => {
  await using db = await createTestDatabase();
  const { organizationId, phoneNumber: old } = await oneHolder(db);
  await addNumbers(db, 3);
  assertEquals(await replace(db, organizationId, "415"), old, "others are no use");
  const [near] = await addNumbers(db, 1, { areaCode: "415" });
  await planNow(db);
  assertEquals(await phoneOf(db, organizationId), near);
});

Deno.test("asked again: one place in the queue, with the latest wish", async () => {
  await using db = await createTestDatabase();
  const { organizationId } = await oneHolder(db);
  await replace(db, organizationId, "415");
  await replace(db, organizationId, "907", "still spam");
  assertEquals(
    await values(
      db,
      "select area_code || ' ' || replace_reason as value from phone_pool.number_requests",
    ),
    ["907 still spam"],
  );
});

Deno.test("the old number never comes back to it", async (t) => {
  await using db = await createTestDatabase();
  await db.query("update phone_pool.settings set low_water = 0, batch_size = 1");
  const { organizationId, phoneNumber: old } = await oneHolder(db);
  const [next = ""] = await addNumbers(db, 1);
  await replace(db, organizationId);
  await t.step("when it leaves and comes back", async () => {
    await leave(db, organizationId);
    await setStatus(db, organizationId, "active");
    assertEquals(await phoneOf(db, organizationId), next);
  });
  await t.step("when it is free again, and the only one", async () => {
    await travel(db, "91 days");
    await sweep(db);
    assertEquals(await freeNumbers(db), [old]);
    assertEquals(await replace(db, organizationId), next, "it keeps what it has");
    await db.query("select unassign_phone_number($1, 'x')", [organizationId]);
    await db.query("select retire_phone_number($1, 'x')", [next]);
    await db.query("select request_phone_number($1)", [organizationId]);
    await planNow(db);
    assertEquals([await phoneOf(db, organizationId), await freeNumbers(db)], [null, [old]]);
  });
  await t.step("another organization may have it", async () => {
    assertEquals(await waiting(db), [organizationId]);
    const other = await registerOne(db);
    await planNow(db);
    assertEquals(await phonesOf(db, [organizationId, other]), [null, old]);
  });
});

const ENDS: Record<string, (db: Runner, id: string) => Promise<unknown>> = {
  "it leaves": (db, id) => setStatus(db, id, "canceled"),
  "it is deleted": (db, id) => db.query("delete from organizations where id = $1", [id]),
  "its number is taken away": (db, id) => db.query("select unassign_phone_number($1, 'x')", [id]),
};

Deno.test("while it waits for another number, it goes: it waits no longer", async (t) => {
  for (const [name, end] of Object.entries(ENDS)) {
    await t.step(name, async () => {
      await using db = await createTestDatabase();
      const { organizationId, phoneNumber } = await oneHolder(db);
      await replace(db, organizationId, "415");
      await planNow(db);
      await end(db, organizationId);
      assertEquals(await waiting(db), []);
      assertEquals((await readNumber(db, phoneNumber)).status, "suspended");
      await sweep(db);
      assertEquals(
        await values(
          db,
          `select status as value from phone_pool.purchases where organization_id is not null`,
        ),
        ["cancelled"],
      );
    });
  }
});

Deno.test("errors", async () => {
  await using db = await createTestDatabase();
  const { organizationId } = await oneHolder(db);
  const without = await registerOne(db);
  const gone = await registerOne(db, { status: "canceled" });
  const cases: [string | null, string | null, string | null, string][] = [
    [crypto.randomUUID(), null, "x", "PP001"],
    [null, null, "x", "PP001"],
    [gone, null, "x", "PP012"],
    [without, null, "x", "PP002"],
    [organizationId, "911", "x", "PP005"],
    [organizationId, null, " ", "PP005"],
    [organizationId, null, null, "PP005"],
  ];
  for (const [id, areaCode, reason, code] of cases) {
    assertEquals(await outcomeOf(replace(db, id, areaCode, reason)), code);
  }
});
