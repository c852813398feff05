import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import {
  addNumbers,
  contradictions,
  existing,
  freeNumbers,
  phonesOf,
  register,
  sweep,
  travel,
  value,
} from "../../support/pool.ts";
import { openSession, untilItWaits, withoutWaiting } from "../../support/sessions.ts";

const REQUEST = "select (request_phone_number($1)).phone_number";

Deno.test("asked for twice at once, it is the same number", async () => {
  await using db = await createTestDatabase();
  const id = await existing(db);
  const numbers = await addNumbers(db, 3);
  const [a, b] = [await openSession(db), await openSession(db)];
  await a.query("begin");
  assertEquals(await value(a, REQUEST, [id]), numbers[0]);
  const second = await untilItWaits(db, b, (session) => value(session, REQUEST, [id]));
  await a.query("commit");
  assertEquals(await second.result, numbers[0]);
  assertEquals(await freeNumbers(db), numbers.slice(1));
});

Deno.test("an organization that a sweep is serving is not served twice", async () => {
  await using db = await createTestDatabase();
  const ids = await register(db, 2);
  await addNumbers(db, 1);
  const [a, b] = [await openSession(db), await openSession(db)];
  await a.query("begin");
  await a.query("select phone_pool.serve_waiting()");
  await addNumbers(db, 1, { areaCode: "415" });
  await withoutWaiting(db, b, (session) => session.query("select phone_pool.serve_waiting()"));
  await a.query("commit");
  // The other may have had the second one's request locked as well.
  await travel(db, "11 seconds");
  await sweep(db);
  assertEquals(await phonesOf(db, ids), ["+12125550001", "+14155550002"]);
  assertEquals(await contradictions(db), []);
});
