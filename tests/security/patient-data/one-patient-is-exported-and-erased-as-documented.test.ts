import { assert, assertEquals } from "../../support/assert.ts";
import { RELATIONS } from "../../support/catalogue.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { allowAnyHour, startCall } from "../../support/intake-calls.ts";
import { addNumbers, registerOne } from "../../support/pool.ts";
import { blocksOf } from "../../deploy/support/documents.ts";

const PATIENT = "00000000-0000-4000-8000-000000000001";
const NUMBER = "+13035550123";

/** The tables that the document names for data of a patient in clear text. */
const DOCUMENTED = ["phone_pool.consents", "phone_pool.do_not_call", "phone_pool.intake_calls"];

Deno.test("one patient is found, exported and erased with the document's own SQL", async (t) => {
  await using db = await createTestDatabase();
  await treat(db);
  const [find = "", erase = ""] = blocksOf("security.md", "Patient data (HIPAA)");

  await t.step("patient data is where the document says, and nowhere else", async () => {
    assertEquals(await tablesWith(db, PATIENT, NUMBER), DOCUMENTED);
  });

  await t.step("the export finds the call, the consent and the wish", async () => {
    const counts = [];
    for (const statement of find.split(";").filter((part) => part.trim() !== "")) {
      counts.push((await db.query(statement)).length);
    }
    assertEquals(counts, [1, 1, 1]);
  });

  await t.step(
    "erased, only the wish not to be called is left, and the call without patient",
    async () => {
      const callees = "select count(*)::int as count from phone_pool.callees";
      assertEquals(await db.query(callees), [{ count: 1 }]);
      await db.query(erase);
      assertEquals(await tablesWith(db, PATIENT, NUMBER), ["phone_pool.do_not_call"]);
      assertEquals(await db.query(callees), [{ count: 0 }]);
      assertEquals(await db.query("select count(*)::int from phone_pool.intake_calls"), [
        { count: 1 },
      ]);
    },
  );
});

async function treat(db: TestDatabase): Promise<void> {
  await allowAnyHour(db);
  await addNumbers(db, 1);
  const organization = await registerOne(db);
  await db.query("select record_consent($1, $2, $3, 'written', now())", [
    organization,
    PATIENT,
    NUMBER,
  ]);
  const [call] = await db.query<{ id: string }>(
    `select id from phone_pool_worker.open_intake_call(p_organization_id => $1, p_patient_id => $2,
       p_phone_number => $3, p_intake_id => 'intake-1', p_request_hash => 'hash',
       p_metadata => '{"topic": "knee"}')`,
    [organization, PATIENT, NUMBER],
  );
  assert(call);
  await startCall(db, call.id);
  await db.query("select add_do_not_call($1)", [NUMBER]);
}

/** Tables, also those of pg_net, with a row that shows the id or the number anywhere. */
async function tablesWith(db: TestDatabase, ...needles: string[]): Promise<string[]> {
  const tables = await db.query<{ name: string }>(
    `select name from ${RELATIONS} c where relkind in ('r', 'p')
     union all values ('net.http_request_queue'), ('net._http_response') order by 1`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const [row] = await db.query<{ count: number }>(
      `select count(*)::int as count from ${name} t
       where to_jsonb(t)::text like any (select '%' || n || '%' from unnest($1::text[]) n)`,
      [needles],
    );
    if ((row?.count ?? 0) > 0) found.push(name);
  }
  return found;
}
