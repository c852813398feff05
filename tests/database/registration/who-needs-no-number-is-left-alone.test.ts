import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import {
  addNumbers,
  buyingAlerts,
  freeNumbers,
  type Organization,
  phonesOf,
  register,
  waiting,
} from "../../support/pool.ts";

const CASES: (Organization & { name: string; served: boolean })[] = [
  { name: "active", status: "active", served: true },
  { name: "no status at all", status: null, served: true },
  { name: "an unknown status", status: "trialing", served: true },
  { name: "canceled", status: "canceled", served: false },
  { name: "cancelled", status: "cancelled", served: false },
  { name: "inactive", status: "inactive", served: false },
  { name: "brings its own number", phone: "+12125550199", served: false },
];

Deno.test("who brings a number or is not active is left alone, the others are served", async (t) => {
  await using db = await createTestDatabase();
  await addNumbers(db, 20);
  for (const { name, served, ...organization } of CASES) {
    await t.step(name, async () => {
      const before = await freeNumbers(db);
      const ids = await register(db, 1, organization);
      const expected = served ? before[0] : organization.phone;
      assertEquals(await phonesOf(db, ids), [expected ?? null]);
      assertEquals((await freeNumbers(db)).length, before.length - (served ? 1 : 0));
    });
  }
  assertEquals(await waiting(db), []);
  assertEquals(await buyingAlerts(db), []);
});

Deno.test("one statement may mix those who need a number with those who do not", async () => {
  await using db = await createTestDatabase();
  const numbers = await addNumbers(db, 12);
  const rows = await db.query<{ name: string; phone: string | null }>(
    `with inserted as (
       insert into public.organizations (name, slug, phone, settings, subscription_status) values
         ('a', 'a', null, null, 'active'), ('own', 'own', '+12125550199', null, 'active'),
         ('gone', 'gone', null, null, 'canceled'), ('b', 'b', null, '[]', null)
       returning 1
     ) select count(*) from inserted`,
  ).then(() => db.query("select name, phone from public.organizations order by name"));
  assertEquals(rows, [
    { name: "a", phone: numbers[0] ?? null },
    { name: "b", phone: numbers[1] ?? null },
    { name: "gone", phone: null },
    { name: "own", phone: "+12125550199" },
  ]);
});
