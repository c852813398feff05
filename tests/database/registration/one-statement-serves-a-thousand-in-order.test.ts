import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import {
  addNumbers,
  buyingAlerts,
  contradictions,
  countInFlight,
  countNudges,
  phonesOf,
  planNow,
  register,
  setVault,
  waiting,
} from "../../support/pool.ts";

Deno.test("1,000 in one statement: the pool in order, the rest waits in order, one nudge", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  const numbers = await addNumbers(db, 400);
  const ids = await register(db, 1000);
  assertEquals(await phonesOf(db, ids.slice(0, 400)), numbers);
  assertEquals(await waiting(db), ids.slice(400));
  assertEquals(await countNudges(db), 1);
  await planNow(db);
  // 605 are missing, in tens 610; 500 numbers at most, of which there are 400.
  assertEquals(await countInFlight(db), 100);
  assertEquals(await buyingAlerts(db), ["budget_reached", "max_numbers_reached"]);
  assertEquals(await contradictions(db), []);
});

Deno.test("a list of rows is served from its first row to its last", async () => {
  await using db = await createTestDatabase();
  const names = ["delta", "alpha", "charlie", "bravo", "echo", "foxtrot"];
  const numbers = await addNumbers(db, 4);
  await db.query(
    `insert into public.organizations (name, slug) values ${
      names.map((name) => `('${name}', '${name}')`).join(", ")
    }`,
  );
  const rows = await db.query<{ name: string; phone: string | null; id: string }>(
    "select name, phone, id from public.organizations order by array_position($1::text[], name)",
    [names],
  );
  assertEquals(rows.map(({ phone }) => phone), [...numbers, null, null]);
  assertEquals(await waiting(db), rows.slice(4).map(({ id }) => id));
});
