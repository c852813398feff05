import { assertEquals, assertMatch } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import {
  addNumbers,
  contradictions,
  countNudges,
  freeNumbers,
  on,
  openAlerts,
  phonesOf,
  register,
  setVault,
  sweep,
  waiting,
} from "../../support/pool.ts";

const REFUSE = `create function public.refuse_of_a_test() returns trigger language plpgsql
  as $$ begin raise exception 'refused by the test'; end $$`;

/** What breaks the assignment, and what mends it. */
const CASES = [
  {
    name: "a trigger of the application raises on the update of organizations.phone",
    breaks: `${REFUSE}; create trigger refuse before update on public.organizations
      for each row execute function public.refuse_of_a_test()`,
    mends: "drop function public.refuse_of_a_test() cascade",
  },
  {
    name: "the number cannot be updated",
    breaks: `${REFUSE}; create trigger refuse before update on public.phone_numbers
      for each row execute function public.refuse_of_a_test()`,
    mends: "drop function public.refuse_of_a_test() cascade",
  },
  {
    name: "the tenure cannot be opened",
    breaks: `${REFUSE}; create trigger refuse before insert on phone_pool.tenures
      for each row execute function public.refuse_of_a_test()`,
    mends: "drop function public.refuse_of_a_test() cascade",
  },
  {
    name: "a function is missing",
    breaks: "alter function phone_pool.assign_numbers(uuid[], uuid[], timestamptz) rename to gone",
    mends: "alter function phone_pool.gone(uuid[], uuid[], timestamptz) rename to assign_numbers",
  },
  {
    name: "a check of the application's refuses the phone",
    breaks: "alter table public.organizations add constraint of_a_test check (phone is null)",
    mends: "alter table public.organizations drop constraint of_a_test",
  },
];

for (const { name, breaks, mends } of CASES) {
  Deno.test(`the registration commits when ${name}; the sweep catches up`, async () => {
    await using db = await createTestDatabase();
    await setVault(db);
    const numbers = await addNumbers(db, 20);
    await db.query(breaks);
    const client = await db.connect();
    const warnings: string[] = [];
    client.on("notice", ({ message }) => warnings.push(message ?? ""));
    const ids = await register(on(client), 3);

    assertEquals((await db.query("select from public.organizations")).length, 3);
    assertEquals(await freeNumbers(db), numbers);
    assertEquals(await openAlerts(db), ["assignment_failed"]);
    assertMatch(warnings.join("\n"), /could not assign a phone number/);

    assertEquals(await waiting(db), ids, "they wait since then");
    assertEquals(await countNudges(db), 1, "and are served in a moment");

    await db.query(mends);
    const newcomers = await register(db, 1);
    await sweep(db);
    assertEquals(await phonesOf(db, [...ids, ...newcomers]), numbers.slice(0, 4));
    assertEquals(await waiting(db), []);
    assertEquals(await contradictions(db), []);
  });
}

Deno.test("without a settings row the registration commits, and says so", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  await addNumbers(db, 6);
  await db.query("delete from phone_pool.settings");
  const ids = await register(db, 1);
  assertEquals(await phonesOf(db, ids), [null]);
  assertEquals(await openAlerts(db), ["assignment_failed"]);
  await db.query("insert into phone_pool.settings default values");
  await sweep(db);
  assertEquals((await phonesOf(db, ids)).includes(null), false, "the sweep found it");
});
