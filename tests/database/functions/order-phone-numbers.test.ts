import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { failureOf } from "../../support/failure.ts";
import { countNudges, setVault, value } from "../../support/pool.ts";

Deno.test("purchases are planned for the pool, with one nudge", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  assertEquals(await value(db, "select order_phone_numbers(40)"), 40);
  assertEquals(await countNudges(db), 1);
  assertEquals(
    await value(db, "select order_phone_numbers(p_quantity => 2, p_area_code => '415')"),
    2,
  );
  assertEquals(
    await db.query(
      `select reason, area_code, organization_id, status, monthly_cost::float8, count(*)::int
       from phone_pool.purchases group by 1, 2, 3, 4, 5 order by area_code`,
    ),
    [
      {
        reason: "requested",
        area_code: "415",
        organization_id: null,
        status: "planned",
        monthly_cost: 1,
        count: 2,
      },
      {
        reason: "requested",
        area_code: null,
        organization_id: null,
        status: "planned",
        monthly_cost: 1,
        count: 40,
      },
    ],
  );
});

Deno.test("no room: 0, no nudge", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  await db.query("update phone_pool.settings set max_numbers = 0");
  assertEquals(await value(db, "select order_phone_numbers(40)"), 0);
  assertEquals(await countNudges(db), 0);
});

Deno.test("a quantity of 1 to 1000 and an area code of three digits are asked for", async (t) => {
  await using db = await createTestDatabase();
  const cases: [number | null, string | null, detail: string][] = [
    [0, null, "p_quantity is 1 to 1000"],
    [-1, null, "p_quantity is 1 to 1000"],
    [1001, null, "p_quantity is 1 to 1000"],
    [null, null, "p_quantity is 1 to 1000"],
    [1, "41", "p_area_code is three digits, such as 415"],
    [1, "", "p_area_code is three digits, such as 415"],
    [1, "015", "p_area_code is three digits, such as 415"],
  ];
  for (const [quantity, areaCode, expected] of cases) {
    await t.step(`${quantity}, ${JSON.stringify(areaCode)}`, async () => {
      const { code, detail, hint } = await failureOf(
        db.query("select order_phone_numbers($1, $2)", [quantity, areaCode]),
      );
      assertEquals([code, detail, hint], ["PP005", expected, "See the detail for the field."]);
    });
  }
});
