import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { outcomeOf } from "../../support/failure.ts";
import { freeNumbers, registerOne } from "../../support/pool.ts";

const ADD = `select phone_number, telnyx_phone_number_id, organization_id, status, area_code,
  monthly_cost::float8, purchase_id from add_phone_number($1, $2)`;

Deno.test("a number bought by hand joins the pool; known already, it is left as it is", async () => {
  await using db = await createTestDatabase();
  const row = {
    phone_number: "+12125550100",
    telnyx_phone_number_id: "29357",
    organization_id: null,
    status: "available",
    area_code: "212",
    monthly_cost: 1,
    purchase_id: null,
  };
  assertEquals(await db.query(ADD, ["+12125550100", "29357"]), [row]);
  assertEquals(await db.query(ADD, ["+12125550100", "29357"]), [row]);
  assertEquals(await db.query(ADD, ["+12125550100", "29358"]), [row]);
  assertEquals(await freeNumbers(db), ["+12125550100"]);
});

Deno.test("it serves who waits, and the row returned says so", async () => {
  await using db = await createTestDatabase();
  const id = await registerOne(db);
  const [row] = await db.query(ADD, ["+12125550100", "29357"]);
  assertEquals([row?.status, row?.organization_id], ["assigned", id]);
  const [again] = await db.query(ADD, ["+12125550100", "29357"]);
  assertEquals([again?.status, again?.organization_id], ["assigned", id]);
});

Deno.test("a US number in E.164 form and an id are asked for", async (t) => {
  await using db = await createTestDatabase();
  await db.query(ADD, ["+12125550100", "29357"]);
  const cases: [string | null, string | null][] = [
    [null, "1"],
    ["", "1"],
    ["2125550101", "1"],
    ["+442079460000", "1"],
    ["+11125550100", "1"],
    ["+121255501000", "1"],
    ["+1212555010a", "1"],
    [" +12125550101", "1"],
    ["+12125550101\n", "1"],
    ["+12125550101", null],
    ["+12125550101", ""],
    // The id of another number.
    ["+12125550101", "29357"],
  ];
  for (const [phoneNumber, id] of cases) {
    await t.step(JSON.stringify([phoneNumber, id]), async () => {
      assertEquals(await outcomeOf(db.query(ADD, [phoneNumber, id])), "PP005");
    });
  }
  assertEquals(await freeNumbers(db), ["+12125550100"]);
});
