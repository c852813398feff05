import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { failureOf } from "../../support/failure.ts";
import {
  addNumbers,
  buyingAlerts,
  contradictions,
  countInFlight,
  countNudges,
  existing,
  freeNumbers,
  phonesOf,
  planNow,
  register,
  registerOne,
  type Runner,
  setVault,
  values,
  waiting,
} from "../../support/pool.ts";
import { buyAllDue } from "../../support/purchases.ts";

async function request(db: Runner, id: string | null, areaCode: string | null = null) {
  const [phone] = await values<string | null>(
    db,
    "select phone_number as value from request_phone_number($1, $2)",
    [id, areaCode],
  );
  return phone ?? null;
}

Deno.test("a number from the pool, and the same one when asked again", async () => {
  await using db = await createTestDatabase();
  const numbers = await addNumbers(db, 8);
  const id = await existing(db);
  assertEquals(await request(db, id), numbers[0]);
  assertEquals(await request(db, id), numbers[0]);
  assertEquals(await request(db, id, "907"), numbers[0]);
  assertEquals(await freeNumbers(db), numbers.slice(1));
  assertEquals(await contradictions(db), []);
});

Deno.test("an empty pool: null, a place in the queue, a purchase, a nudge; then the number", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  const id = await existing(db);
  assertEquals(await request(db, id), null);
  assertEquals([await waiting(db), await countNudges(db)], [[id], 1]);
  await planNow(db);
  assertEquals(await countInFlight(db), 10);
  assertEquals(await request(db, id), null);
  await planNow(db);
  assertEquals([await waiting(db), await countInFlight(db)], [[id], 10]);
  await buyAllDue(db);
  assertEquals(await request(db, id), "+16465560001");
});

Deno.test("one that waits already keeps its place, and the planner serves those before it first", async () => {
  await using db = await createTestDatabase();
  const ids = await register(db, 2);
  const numbers = await addNumbers(db, 8);
  assertEquals(await request(db, ids[1] ?? null), null);
  assertEquals(await waiting(db), ids);
  await planNow(db);
  assertEquals(await phonesOf(db, ids), numbers.slice(0, 2));
});

Deno.test("an area code: from the pool, else one purchase, however often it is asked", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  await addNumbers(db, 8);
  const [near] = await addNumbers(db, 1, { areaCode: "415" });
  assertEquals(await request(db, await existing(db), "415"), near);
  const id = await existing(db);
  for (let i = 0; i < 3; i++) assertEquals(await request(db, id, "907"), null);
  assertEquals(await waiting(db), [id]);
  assertEquals([await planNow(db), await planNow(db)], [1, 0]);
  assertEquals(await countInFlight(db), 1);
});

Deno.test("who brought a number keeps it: an error, and one of the pool once it is given up", async () => {
  await using db = await createTestDatabase();
  const [number] = await addNumbers(db, 8);
  const id = await existing(db);
  const phone = "select phone as value from public.organizations where id = $1";
  await db.query("update public.organizations set phone = '+13035550100' where id = $1", [id]);
  for (const areaCode of [null, "212", "907"]) {
    const failure = await failureOf(request(db, id, areaCode));
    assertEquals([failure.code, failure.detail], ["PP013", id]);
  }
  await db.query("select unassign_phone_number($1, 'asked to')", [id]);
  assertEquals(await values(db, phone, [id]), ["+13035550100"]);
  assertEquals([(await freeNumbers(db)).length, await waiting(db)], [8, []]);

  await db.query("update public.organizations set phone = null where id = $1", [id]);
  assertEquals(await request(db, id), number);
  assertEquals(await values(db, phone, [id]), [number]);
});

Deno.test("instead of the phone that it brought, where that is what is asked for", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  const numbers = await addNumbers(db, 1);
  const [first, second] = await register(db, 2, { phone: "(303) 555-0100" });
  const replace = "select (request_phone_number($1, p_replace_own => true)).phone_number as value";
  assertEquals(await values(db, replace, [first]), numbers);
  assertEquals(await values(db, replace, [second]), [null]);
  assertEquals([await phonesOf(db, [first ?? "", second ?? ""]), await waiting(db)], [
    [numbers[0] ?? null, null],
    [second],
  ]);
  assertEquals(await contradictions(db), []);
});

Deno.test("errors say what and what to do", async (t) => {
  await using db = await createTestDatabase();
  const active = await registerOne(db);
  const gone = await registerOne(db, { status: "canceled" });
  const nobody = crypto.randomUUID();
  const cases: [string | null, string | null, code: string, detail: string, hint: string][] = [
    [
      nobody,
      null,
      "PP001",
      nobody,
      "Check organization_id: there is no such row in public.organizations.",
    ],
    [
      null,
      null,
      "PP001",
      "",
      "Check organization_id: there is no such row in public.organizations.",
    ],
    [
      gone,
      null,
      "PP012",
      "canceled",
      "Its subscription_status is in settings.inactive_statuses: reactivate it first.",
    ],
    ...["41", "4155", "", "abc", "115", "415\n", "911", "800", "416"].map((
      code,
    ): typeof cases[number] => [
      active,
      code,
      "PP005",
      "p_area_code is an area code of the United States, three digits such as 415",
      "See the detail for the field.",
    ]),
  ];
  for (const [id, areaCode, code, detail, hint] of cases) {
    await t.step(`${code} for area code ${JSON.stringify(areaCode)}`, async () => {
      const failure = await failureOf(request(db, id, areaCode));
      assertEquals([failure.code, failure.detail, failure.hint], [code, detail, hint]);
    });
  }
  assertEquals((await buyingAlerts(db)).includes("assignment_failed"), false);
});
