import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { callIn, leave, oneHolder, readNumber, setStatus } from "../../support/lifecycle.ts";
import { sweep, travel, value } from "../../support/pool.ts";

Deno.test("a call during quarantine counts once and starts the quarantine anew", async () => {
  await using db = await createTestDatabase();
  const { organizationId, phoneNumber } = await oneHolder(db);
  assertEquals(await callIn(db, phoneNumber, "while-it-was-held"), "ignored");
  await travel(db, "2 hours");
  await leave(db, organizationId);
  // Meant for the organization, and told when it had left.
  assertEquals(await callIn(db, phoneNumber, "its-last-hour", { ago: "1 hour" }), "ignored");
  assertEquals(await callIn(db, phoneNumber, "late-record", { ago: "3 hours" }), "ignored");
  await travel(db, "40 days");
  assertEquals(await callIn(db, phoneNumber, "first"), "counted");
  assertEquals((await readNumber(db, phoneNumber)).days_left, 90);
  await travel(db, "50 days");
  assertEquals(await callIn(db, phoneNumber, "first"), "not new");
  assertEquals((await readNumber(db, phoneNumber)).days_left, 80);
  // The tenure, which the database goes by, says the same.
  assertEquals(
    await value(
      db,
      `select t.quarantine_until = n.suspended_until from phone_pool.tenures t, public.phone_numbers n`,
    ),
    true,
  );
});

Deno.test("too many callers retire the number, which is given back and never used again", async () => {
  await using db = await createTestDatabase();
  await db.query("update phone_pool.settings set retire_after_inbound_calls = 3");
  const { organizationId, phoneNumber } = await oneHolder(db);
  await leave(db, organizationId);
  await travel(db, "1 hours");
  const outcomes = [];
  for (const event of ["a", "b", "c", "d"]) outcomes.push(await callIn(db, phoneNumber, event));
  assertEquals(outcomes, ["counted", "counted", "retired", "counted"]);
  const { status, retire_reason } = await readNumber(db, phoneNumber);
  assertEquals([status, retire_reason], ["suspended", "3 callers during quarantine"]);
  await travel(db, "92 days");
  await sweep(db);
  assertEquals((await readNumber(db, phoneNumber)).status, "released");
});

Deno.test("a patient who calls five times is one caller", async () => {
  await using db = await createTestDatabase();
  await db.query("update phone_pool.settings set retire_after_inbound_calls = 2");
  const { organizationId, phoneNumber } = await oneHolder(db);
  await leave(db, organizationId);
  for (const id of ["1", "2", "3", "4", "5"]) {
    assertEquals(await callIn(db, phoneNumber, id, { caller: "the patient" }), "counted");
  }
  assertEquals(await callIn(db, phoneNumber, "6", { caller: "another" }), "retired");
});

Deno.test("calls are counted anew in each quarantine", async () => {
  await using db = await createTestDatabase();
  await db.query("update phone_pool.settings set retire_after_inbound_calls = 2");
  const { organizationId, phoneNumber } = await oneHolder(db);
  await leave(db, organizationId);
  assertEquals(await callIn(db, phoneNumber, "a"), "counted");
  await setStatus(db, organizationId, "active");
  await leave(db, organizationId);
  assertEquals(await callIn(db, phoneNumber, "b"), "counted");
});
