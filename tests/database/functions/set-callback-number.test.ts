import { assertEquals, assertRejects } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { oneHolder } from "../../support/lifecycle.ts";
import { value } from "../../support/pool.ts";

Deno.test("set_callback_number writes the number in E.164 form, beside the other settings", async () => {
  await using db = await createTestDatabase();
  const { organizationId } = await oneHolder(db);
  const set = (phone: string | null) =>
    value<string | null>(db, "set_callback_number($1, $2)", [organizationId, phone]);
  const settings = () =>
    value(db, "(select settings from public.organizations where id = $1)", [organizationId]);
  assertEquals(await set("(617) 555-0188"), "+16175550188");
  assertEquals(await settings(), { callback_number: "+16175550188" });
  await db.query(`update public.organizations set settings = settings || '{"area_code": "212"}'`);
  assertEquals(await set(null), null);
  assertEquals(await settings(), { area_code: "212" });
});

Deno.test("set_callback_number refuses what calls are not put through to", async (test) => {
  await using db = await createTestDatabase();
  const { organizationId, phoneNumber } = await oneHolder(db);
  const CASES: [name: string, phone: string, message: string][] = [
    ["abroad", "+442079460000", "Only numbers in the United States are called"],
    ["Canada", "+14165550123", "Only numbers in the United States are called"],
    ["premium", "+19005550123", "premium"],
    ["toll-free", "+18005550123", "Toll-free"],
    ["emergency", "911", "Emergency"],
    ["its own number", phoneNumber, "Numbers of the pool are not called"],
    ["empty", "", "Only numbers in the United States are called"],
  ];
  for (const [name, phone, message] of CASES) {
    await test.step(name, async () => {
      const error = await assertRejects(
        () => value(db, "set_callback_number($1, $2)", [organizationId, phone]),
        Error,
        "This destination is not allowed",
      );
      assertEquals(
        "detail" in error && String(error.detail).includes(message),
        true,
        String(Reflect.get(error, "detail")),
      );
    });
  }
  await assertRejects(
    () => value(db, "set_callback_number(gen_random_uuid(), null)"),
    Error,
    "Organization not found",
  );
});
