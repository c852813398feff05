import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { outcomeOf } from "../../support/failure.ts";
import {
  callIn,
  leave,
  oneHolder,
  phoneOf,
  readNumber,
  tenuresOf,
} from "../../support/lifecycle.ts";
import { addNumbers, contradictions, registerOne, travel, value } from "../../support/pool.ts";
import { openSession, untilItWaits, withoutWaiting } from "../../support/sessions.ts";

const CANCEL = "update public.organizations set subscription_status = 'canceled' where id = $1";
const RETURN = "update public.organizations set subscription_status = 'active' where id = $1";

Deno.test("canceled and released at the same time: one waits for the other, and it leaves once", async () => {
  await using db = await createTestDatabase();
  const { organizationId, phoneNumber } = await oneHolder(db);
  const [application, admin] = [await openSession(db), await openSession(db)];
  await application.query("begin");
  // Holds the row of the organization; the admin must ask for that first, not for the number.
  await application.query("update public.organizations set name = 'x' where id = $1", [
    organizationId,
  ]);
  const release = await untilItWaits(
    db,
    admin,
    (session) => session.query("select unassign_phone_number($1, 'a test')", [organizationId]),
  );
  await application.query(CANCEL, [organizationId]);
  await application.query("commit");
  await release.result;
  assertEquals(await tenuresOf(db, phoneNumber), ["left"]);
  assertEquals((await readNumber(db, phoneNumber)).status, "suspended");
  assertEquals(await contradictions(db), []);
});

Deno.test("back while the sweep ends the quarantine: its own number, or one from the pool", async (t) => {
  await t.step("the organization comes first: the sweep passes the number by", async () => {
    await using db = await createTestDatabase();
    const { organizationId, phoneNumber } = await oneHolder(db);
    await leave(db, organizationId);
    await travel(db, "91 days");
    const [application, sweeper] = [await openSession(db), await openSession(db)];
    await application.query("begin");
    await application.query(RETURN, [organizationId]);
    await withoutWaiting(db, sweeper, (s) => s.query("select phone_pool.end_quarantines()"));
    await application.query("commit");
    assertEquals(await phoneOf(db, organizationId), phoneNumber);
    assertEquals(await contradictions(db), []);
  });
  await t.step("the sweep comes first: the organization waits, and is served", async () => {
    await using db = await createTestDatabase();
    const { organizationId, phoneNumber } = await oneHolder(db);
    await leave(db, organizationId);
    await travel(db, "91 days");
    const [application, sweeper] = [await openSession(db), await openSession(db)];
    await sweeper.query("begin");
    await sweeper.query("select phone_pool.end_quarantines()");
    const back = await untilItWaits(
      db,
      application,
      (session) => session.query(RETURN, [organizationId]),
    );
    await sweeper.query("commit");
    await back.result;
    assertEquals(await phoneOf(db, organizationId), phoneNumber);
    assertEquals(await contradictions(db), []);
  });
});

Deno.test("retired while somebody registers: whoever comes first has it", async () => {
  await using db = await createTestDatabase();
  const [number] = await addNumbers(db, 1);
  const [application, admin] = [await openSession(db), await openSession(db)];
  await application.query("begin");
  await registerOne(application);
  const retire = await untilItWaits(
    db,
    admin,
    (session) => outcomeOf(session.query("select retire_phone_number($1, 'a test')", [number])),
  );
  await application.query("commit");
  assertEquals(await retire.result, "PP009");
  assertEquals(await contradictions(db), []);
});

Deno.test("a call comes in while the organization comes back: nothing is lost", async () => {
  await using db = await createTestDatabase();
  const { organizationId, phoneNumber } = await oneHolder(db);
  await leave(db, organizationId);
  const application = await openSession(db);
  await application.query("begin");
  await application.query(RETURN, [organizationId]);
  assertEquals(await callIn(db, phoneNumber, "record"), "locked");
  await application.query("commit");
  assertEquals(
    await value(db, "select phone_pool.note_inbound_call('record')"),
    "ignored",
  );
  assertEquals(await phoneOf(db, organizationId), phoneNumber);
});
