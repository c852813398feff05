import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { outcomeOf } from "../../support/failure.ts";
import { allowAnyHour, openCall, startCall } from "../../support/intake-calls.ts";
import { addNumbers, registerOne } from "../../support/pool.ts";
import { openSession, untilItWaits } from "../../support/sessions.ts";

async function setUp(db: TestDatabase) {
  await allowAnyHour(db);
  await addNumbers(db, 8);
  const id = await registerOne(db);
  const [a, b] = [await openSession(db), await openSession(db)];
  const release = () => a.query("select unassign_phone_number($1, 'x')", [id]);
  return { id, a, b, release };
}

for (
  const [end, reason, outcome] of [["commit", "no_phone_number", "PP007"], [
    "rollback",
    null,
    "ok",
  ]] as const
) {
  Deno.test(`asked for during a release that ends with ${end}: ${reason ?? "a permit"}`, async () => {
    await using db = await createTestDatabase();
    const { id, a, b, release } = await setUp(db);
    await a.query("begin");
    await release();
    const opening = await untilItWaits(db, b, (session) => openCall(session, id));
    await a.query(end);
    assertEquals((await opening.result).reason, reason);
  });

  Deno.test(`started during a release that ends with ${end}: ${outcome}`, async () => {
    await using db = await createTestDatabase();
    const { id, a, b, release } = await setUp(db);
    const call = await openCall(db, id);
    await a.query("begin");
    await release();
    const starting = await untilItWaits(
      db,
      b,
      (session) => outcomeOf(startCall(session, call.id)),
    );
    await a.query(end);
    assertEquals(await starting.result, outcome);
  });
}
