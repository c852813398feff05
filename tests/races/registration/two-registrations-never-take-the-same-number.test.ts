import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { addNumbers, contradictions, phonesOf, register } from "../../support/pool.ts";
import { openSession, withoutWaiting } from "../../support/sessions.ts";

for (const [first, second] of [[1, 1], [3, 2], [1, 5]] as const) {
  Deno.test(`${second} registered while ${first} are not committed: the next numbers`, async () => {
    await using db = await createTestDatabase();
    const numbers = await addNumbers(db, 20);
    const [a, b] = [await openSession(db), await openSession(db)];
    await a.query("begin");
    const theirs = await register(a, first);
    const ours = await withoutWaiting(db, b, (session) => register(session, second));
    assertEquals(await phonesOf(b, ours), numbers.slice(first, first + second));
    await a.query("commit");
    assertEquals(await phonesOf(db, theirs), numbers.slice(0, first));
    assertEquals(await contradictions(db), []);
  });
}

Deno.test("with an area code too", async () => {
  await using db = await createTestDatabase();
  await addNumbers(db, 20);
  const numbers = await addNumbers(db, 2, { areaCode: "415" });
  const [a, b] = [await openSession(db), await openSession(db)];
  await a.query("begin");
  await register(a, 1, { areaCode: "415" });
  const ours = await withoutWaiting(
    db,
    b,
    (session) => register(session, 1, { areaCode: "415" }),
  );
  assertEquals(await phonesOf(b, ours), numbers.slice(1));
  await a.query("commit");
  assertEquals(await contradictions(db), []);
});
