import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { outcomeOf } from "../../support/failure.ts";
import { allowAnyHour } from "../../support/intake-calls.ts";
import { addNumbers, register, rolledBack, travel } from "../../support/pool.ts";

const PATIENT = crypto.randomUUID();
const CALLEE = "+14155550123";

async function reasonFor(db: TestDatabase, organization: string | undefined, callee = CALLEE) {
  const [row] = await db.query(
    `select reason from phone_pool_worker.open_intake_call($1, $2, $3, gen_random_uuid()::text, 'hash')`,
    [organization, PATIENT, callee],
  );
  return row?.reason;
}

async function setUp(db: TestDatabase): Promise<string[]> {
  await allowAnyHour(db);
  await addNumbers(db, 8);
  return await register(db, 2);
}

Deno.test("a number on the list is not called, until it is lifted or five years have passed", async (t) => {
  await using db = await createTestDatabase();
  const [own, other] = await setUp(db);
  type Case = [what: string, statements: string[], own: string | null, other: string | null];
  const cases: Case[] = [
    ["nothing recorded", [], null, null],
    ["for one organization", ["select add_do_not_call($2, $1)"], "do_not_call", null],
    ["for all", ["select add_do_not_call($2)"], "do_not_call", "do_not_call"],
    [
      "lifted for one, not for all",
      [
        "select add_do_not_call($2)",
        "select add_do_not_call($2, $1)",
        "select remove_do_not_call($2, $1, 'asked for calls again')",
      ],
      "do_not_call",
      "do_not_call",
    ],
    [
      "lifted",
      [
        "select add_do_not_call($2)",
        "select remove_do_not_call($2, null, 'asked for calls again')",
      ],
      null,
      null,
    ],
    [
      "lifted and said again",
      [
        "select add_do_not_call($2)",
        "select remove_do_not_call($2, null, 'x')",
        "select add_do_not_call($2)",
      ],
      "do_not_call",
      "do_not_call",
    ],
  ];
  for (const [what, statements, ownReason, otherReason] of cases) {
    await t.step(what, () =>
      rolledBack(db, async () => {
        for (const statement of statements) {
          // Both parameters have to occur in a statement that is given both.
          const sql = `${statement} from (select $1::uuid, $2::text) parameters`;
          await db.query(sql, [own, CALLEE]);
        }
        assertEquals([await reasonFor(db, own), await reasonFor(db, other)], [
          ownReason,
          otherReason,
        ]);
      }));
  }
  await t.step("five years", () =>
    rolledBack(db, async () => {
      await db.query("select add_do_not_call($1, $2)", [CALLEE, own]);
      await travel(db, "1820 days");
      assertEquals(await reasonFor(db, own), "do_not_call");
      await travel(db, "1830 days");
      assertEquals(await reasonFor(db, own), null);
    }));
  await t.step(
    "said again in the fourth year: five years from then",
    () =>
      rolledBack(db, async () => {
        await db.query("select add_do_not_call($1, $2)", [CALLEE, own]);
        await travel(db, "1460 days");
        await db.query("select add_do_not_call($1, $2)", [CALLEE, own]);
        await travel(db, "3280 days");
        assertEquals(await reasonFor(db, own), "do_not_call");
        await travel(db, "3290 days");
        assertEquals(await reasonFor(db, own), null);
      }),
  );
  await t.step("what is no number", async () => {
    assertEquals(await outcomeOf(db.query("select add_do_not_call('911')")), "PP005");
  });
});

Deno.test("where consent is required, a call rests on one that holds", async (t) => {
  await using db = await createTestDatabase();
  const [own, other] = await setUp(db);
  await db.query("update phone_pool.settings set require_consent = true");
  const record = (organization: string | undefined, patient = PATIENT, callee = CALLEE) =>
    db.query("select record_consent($1, $2, $3, 'written', now(), 'mother', 'form 7', 'desk')", [
      organization,
      patient,
      callee,
    ]);
  const cases: [what: string, prepare: () => Promise<unknown>, reason: string | null][] = [
    ["none", () => Promise.resolve(), "consent_missing"],
    ["this one", () => record(own), null],
    ["another organization's", () => record(other), "consent_missing"],
    ["another patient's", () => record(own, crypto.randomUUID()), "consent_missing"],
    ["for another number", () => record(own, PATIENT, "+14155550124"), "consent_missing"],
    ["revoked", async () => {
      await record(own);
      await db.query("select revoke_consent($1, $2, 'said so')", [own, PATIENT]);
    }, "consent_missing"],
    ["revoked for another number", async () => {
      await record(own);
      await db.query("select revoke_consent($1, $2, 'x', '+14155550124')", [own, PATIENT]);
    }, null],
    ["revoked and given again", async () => {
      await record(own);
      await db.query("select revoke_consent($1, $2, 'said so')", [own, PATIENT]);
      await record(own);
    }, null],
  ];
  for (const [what, prepare, reason] of cases) {
    await t.step(what, () =>
      rolledBack(db, async () => {
        await prepare();
        assertEquals(await reasonFor(db, own), reason);
        const [row] = await db.query(
          "select consent_id = (select max(id) from phone_pool.consents) as is_latest from phone_pool.intake_calls",
        );
        assertEquals(row?.is_latest, reason === null ? true : null);
      }));
  }
  await t.step("not one of tomorrow", async () => {
    const sql = "select record_consent($1, $2, $3, 'written', now() + interval '1 day')";
    assertEquals(await outcomeOf(db.query(sql, [own, PATIENT, CALLEE])), "PP005");
  });
});
