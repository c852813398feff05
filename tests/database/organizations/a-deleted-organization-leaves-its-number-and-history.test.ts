import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { outcomeOf } from "../../support/failure.ts";
import {
  addNumbers,
  contradictions,
  countInFlight,
  freeNumbers,
  phonesOf,
  register,
  registerOne,
  value,
  waiting,
} from "../../support/pool.ts";
import { buyAllDue } from "../../support/purchases.ts";

Deno.test("its number goes into quarantine, its history stays", async () => {
  await using db = await createTestDatabase();
  const numbers = await addNumbers(db, 8);
  const id = await registerOne(db);
  const service = await db.connect("service_role");
  await service.query("delete from public.organizations where id = $1", [id]);
  assertEquals(
    await db.query(
      `select n.phone_number, n.status, t.organization_id, t.release_reason,
         n.suspended_until = t.quarantine_until as same
       from phone_pool.tenures t join public.phone_numbers n on n.id = t.phone_number_id`,
    ),
    [{
      phone_number: numbers[0],
      status: "suspended",
      organization_id: id,
      release_reason: "organization deleted",
      same: true,
    }],
  );
  assertEquals(await phonesOf(db, await register(db, 1)), numbers.slice(1, 2));
});

Deno.test("1,000 deleted by one statement; rolled back, all is as before", async () => {
  await using db = await createTestDatabase();
  await addNumbers(db, 990);
  await register(db, 1000);
  const suspended = () =>
    value(db, "select count(*)::int from public.phone_numbers where status = 'suspended'");
  await db.query("begin");
  await db.query("delete from public.organizations");
  assertEquals([await suspended(), await waiting(db)], [990, []]);
  await db.query("rollback");
  assertEquals([await suspended(), (await waiting(db)).length], [0, 10]);
  assertEquals(await contradictions(db), []);
  await db.query("delete from public.organizations");
  assertEquals([await suspended(), await waiting(db)], [990, []]);
  assertEquals(await contradictions(db), []);
});

Deno.test("inserted and deleted in one transaction", async () => {
  await using db = await createTestDatabase();
  const numbers = await addNumbers(db, 8);
  await db.query("begin");
  await register(db, 2);
  await db.query("delete from public.organizations");
  await db.query("commit");
  assertEquals(await freeNumbers(db), numbers.slice(2));
  assertEquals(await contradictions(db), []);
});

Deno.test("deleted while its own number is on order: no purchase and no number is left over", async () => {
  await using db = await createTestDatabase();
  await addNumbers(db, 8);
  const id = await registerOne(db, { areaCode: "907" });
  await db.query("delete from public.organizations where id = $1", [id]);
  const bought = await buyAllDue(db);
  assertEquals([await countInFlight(db), (await freeNumbers(db)).length], [0, 8 + bought]);
});

Deno.test("organizations are not truncated while one has a number", async () => {
  await using db = await createTestDatabase();
  await addNumbers(db, 8);
  await registerOne(db);
  assertEquals(await outcomeOf(db.query("truncate public.organizations")), "0A000");
  assertEquals(await outcomeOf(db.query("truncate public.organizations cascade")), "PP010");
});
