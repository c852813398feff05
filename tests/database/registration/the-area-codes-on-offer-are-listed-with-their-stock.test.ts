import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { on, register, value } from "../../support/pool.ts";

Deno.test("every area code is on offer, with what a clinic would have at once, ten at most", async () => {
  await using db = await createTestDatabase();
  await db.query(`insert into public.phone_numbers
      (phone_number, telnyx_phone_number_id, area_code, monthly_cost)
    select '+1' || a || '555' || lpad(k::text, 4, '0'), a || k, a, 1
    from (values ('415', 12), ('212', 2), ('907', 1)) n (a, many), generate_series(1, n.many) k`);
  await register(db, 1, { areaCode: "907" });
  const user = on(await db.connect("authenticated", { sub: crypto.randomUUID() }));
  const offered = await user.query("select * from offered_area_codes()");
  assertEquals(offered.length, await value(db, "select count(*)::int from phone_pool.area_codes"));
  assertEquals(
    offered.filter(({ area_code }) => ["212", "415", "624", "907"].includes(String(area_code))),
    [
      { area_code: "212", state: "NY", in_stock: 2 },
      { area_code: "415", state: "CA", in_stock: 10 },
      { area_code: "624", state: "NY", in_stock: 0 },
      { area_code: "907", state: "AK", in_stock: 0 },
    ],
  );
});
