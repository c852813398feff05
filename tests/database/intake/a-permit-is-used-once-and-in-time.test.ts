import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { failureOf } from "../../support/failure.ts";
import { allowAnyHour, openCall, recordCall, startCall } from "../../support/intake-calls.ts";
import { addNumbers, registerOne, rolledBack, travel } from "../../support/pool.ts";

type Between = (db: TestDatabase, callId: string, organizationId: string) => Promise<unknown>;

/** What happens between open_intake_call and start_intake_call. */
const CASES: [what: string, between: Between, valid: boolean][] = [
  ["nothing", () => Promise.resolve(), true],
  ["59 seconds", (db) => travel(db, "59 seconds"), true],
  ["61 seconds", (db) => travel(db, "61 seconds"), false],
  ["it was used", (db, id) => startCall(db, id), false],
  ["it failed", (db, id) => recordCall(db, id, "failed", "x"), false],
  [
    "it was used and recorded as dialing",
    async (db, id) => [await startCall(db, id), await recordCall(db, id, "dialing")],
    false,
  ],
  [
    "it was used and recorded as queued",
    async (db, id) => [await startCall(db, id), await recordCall(db, id, "queued")],
    false,
  ],
  [
    "the number was released",
    (db, _id, organization) => db.query("select unassign_phone_number($1, 'x')", [organization]),
    false,
  ],
  [
    "the organization was deleted",
    (db, _id, organization) =>
      db.query("delete from public.organizations where id = $1", [organization]),
    false,
  ],
];

Deno.test("a permit is good once, for 60 seconds, while the number is the organization's", async (t) => {
  await using db = await createTestDatabase();
  await allowAnyHour(db);
  const [number = ""] = await addNumbers(db, 8);
  for (const [what, between, valid] of CASES) {
    await t.step(what, () =>
      rolledBack(db, async () => {
        const organization = await registerOne(db);
        const call = await openCall(db, organization);
        await between(db, call.id, organization);
        if (valid) {
          assertEquals(await startCall(db, call.id), number);
        } else {
          const { code, detail } = await failureOf(startCall(db, call.id));
          assertEquals([code, detail], ["PP007", `call ${call.id}`]);
        }
      }));
  }
  await t.step("the patient said stop, to this clinic or to all, in the meantime", async () => {
    for (const isOfOne of [true, false]) {
      await rolledBack(db, async () => {
        const organization = await registerOne(db);
        const { id } = await openCall(db, organization);
        await db.query(
          "select add_do_not_call(callee, $2) from phone_pool.intake_calls where id = $1",
          [
            id,
            isOfOne ? organization : null,
          ],
        );
        assertEquals((await failureOf(startCall(db, id))).code, "PP041");
      });
    }
    await rolledBack(db, async () => {
      const { id } = await openCall(db, await registerOne(db));
      await db.query(
        "select add_do_not_call(callee, $2) from phone_pool.intake_calls where id = $1",
        [
          id,
          await registerOne(db),
        ],
      );
      await startCall(db, id);
    });
  });
  await t.step("an unknown call", async () => {
    assertEquals((await failureOf(startCall(db, crypto.randomUUID()))).code, "PP007");
  });
});
