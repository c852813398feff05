import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { failureOf } from "../../support/failure.ts";
import { allowAnyHour, openCall, startCall } from "../../support/intake-calls.ts";
import { addNumbers, register, registerOne, value } from "../../support/pool.ts";

const user = (organizationId: string | undefined, sub?: string) => ({
  role: "authenticated",
  ...(sub ? { sub } : {}),
  app_metadata: { organization_id: organizationId },
});

Deno.test("two organizations, two caller ids", async () => {
  await using db = await createTestDatabase();
  await allowAnyHour(db);
  const numbers = await addNumbers(db, 8);
  const ids = await register(db, 2);
  for (const [k, id] of ids.entries()) {
    const call = await openCall(db, id);
    assertEquals([call.status, call.reason, call.caller_id], ["queued", null, numbers[k] ?? null]);
    assertEquals(await startCall(db, call.id), numbers[k] ?? "");
  }
});

Deno.test("no permit: a row that says why, without a caller id", async (t) => {
  await using db = await createTestDatabase();
  await allowAnyHour(db);
  await addNumbers(db, 1);
  const [own, without] = await register(db, 2);
  const unknown = crypto.randomUUID();
  const cases: [
    what: string,
    id: string | undefined,
    claims: Record<string, unknown> | null,
    reason: string,
  ][] = [
    ["it waits for a number", without, null, "no_phone_number"],
    ["there is no such organization", unknown, null, "organization_not_found"],
    ["a user of another organization", own, user(without, "u"), "not_allowed"],
    ["a user of none", own, { role: "authenticated", sub: "u" }, "not_allowed"],
    ["claims of another shape", own, { app_metadata: [own] }, "not_allowed"],
    ["a user may not ask which exist", unknown, user(own, "u"), "not_allowed"],
    [
      "user_metadata, which users write",
      own,
      { user_metadata: { organization_id: own } },
      "not_allowed",
    ],
  ];
  for (const [what, id, claims, reason] of cases) {
    await t.step(what, async () => {
      const call = await openCall(db, id, { claims });
      assertEquals([call.status, call.reason, call.caller_id], ["refused", reason, null]);
      assertEquals((await failureOf(startCall(db, call.id))).code, "PP007");
    });
  }
  assertEquals(
    await value(db, "select count(*)::int from phone_pool.intake_calls where status = 'refused'"),
    4,
    "two, and one for each asker who may not",
  );
});

Deno.test("who asked is on record", async () => {
  await using db = await createTestDatabase();
  await allowAnyHour(db);
  await addNumbers(db, 8);
  const id = await registerOne(db);
  assertEquals((await openCall(db, id)).requested_by, "secret_key");
  assertEquals((await openCall(db, id, { claims: user(id, "u1") })).requested_by, "user:u1");
  const nameless = await openCall(db, id, { claims: user(id) });
  assertEquals(nameless.requested_by === "secret_key", false, "a user without sub is no backend");
});

Deno.test("a number in quarantine is nobody's caller id", async () => {
  await using db = await createTestDatabase();
  await allowAnyHour(db);
  await addNumbers(db, 8);
  const id = await registerOne(db);
  await db.query("select unassign_phone_number($1, 'x')", [id]);
  assertEquals((await openCall(db, id)).reason, "no_phone_number");
});
