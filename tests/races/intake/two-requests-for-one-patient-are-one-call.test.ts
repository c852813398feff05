import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { allowAnyHour, openCall } from "../../support/intake-calls.ts";
import { addNumbers, register } from "../../support/pool.ts";
import { openSession, untilItWaits, withoutWaiting } from "../../support/sessions.ts";

const PHONE = "+14155550123";

for (const end of ["commit", "rollback"]) {
  Deno.test(`two requests for one phone at once, the first ends with ${end}`, async () => {
    await using db = await createTestDatabase();
    await allowAnyHour(db);
    await addNumbers(db, 8);
    const [clinic] = await register(db, 1);
    const [a, b] = [await openSession(db), await openSession(db)];
    await a.query("begin");
    assertEquals((await openCall(a, clinic, { callee: PHONE })).status, "queued");
    const second = await untilItWaits(db, b, (s) => openCall(s, clinic, { callee: PHONE }));
    await a.query(end);
    const { status, reason } = await second.result;
    assertEquals(
      [status, reason],
      end === "commit" ? ["refused", "patient_in_call"] : ["queued", null],
    );
  });
}

Deno.test("two clinics may call one phone: neither waits for the other", async () => {
  await using db = await createTestDatabase();
  await allowAnyHour(db);
  await addNumbers(db, 8);
  const [clinic, other] = await register(db, 2);
  const [a, b] = [await openSession(db), await openSession(db)];
  await a.query("begin");
  await openCall(a, clinic, { callee: PHONE });
  const { status } = await withoutWaiting(db, b, (s) => openCall(s, other, { callee: PHONE }));
  assertEquals(status, "queued");
  await a.query("commit");
});
