import { assertEquals, assertNotEquals } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { callOut, leave, phoneOf } from "../../support/lifecycle.ts";
import {
  addNumbers,
  freeNumbers,
  openAlerts,
  registerOne,
  setVault,
  sweep,
  travel,
  value,
  waiting,
} from "../../support/pool.ts";

const PATIENT = "+16465550001";
const ANOTHER = "+16465550002";

/** A number that a clinic called PATIENT with is free again; a second clinic has none just now. */
async function scene(db: TestDatabase, secondCalled: string) {
  await addNumbers(db, 2);
  const [first, second] = [await registerOne(db), await registerOne(db)];
  await callOut(db, first, [PATIENT]);
  await callOut(db, second, [secondCalled]);
  const known = await phoneOf(db, first);
  await leave(db, first);
  await leave(db, second);
  await db.query(
    "select retire_phone_number(phone_number, 'a test') from public.phone_numbers" +
      " where phone_number <> $1",
    [known],
  );
  await travel(db, "91 days");
  await sweep(db);
  assertEquals(await freeNumbers(db), [known]);
  return { second, known };
}

const reactivate = (db: TestDatabase, id: string) =>
  db.query("update public.organizations set subscription_status = 'active' where id = $1", [id]);

Deno.test("a clinic gets a number that its patients do not know, if another is free", async () => {
  await using db = await createTestDatabase();
  const { second, known } = await scene(db, PATIENT);
  const [younger] = await addNumbers(db, 1);
  await reactivate(db, second);
  assertEquals(await phoneOf(db, second), younger);
  assertEquals(await freeNumbers(db), [known]);
});

Deno.test("with other patients the oldest number is as good as any", async () => {
  await using db = await createTestDatabase();
  const { second, known } = await scene(db, ANOTHER);
  await addNumbers(db, 1);
  await reactivate(db, second);
  assertEquals(await phoneOf(db, second), known);
});

Deno.test("nothing else free: it gets the number, and the history says so", async () => {
  await using db = await createTestDatabase();
  const { second, known } = await scene(db, PATIENT);
  await reactivate(db, second);
  assertEquals(await phoneOf(db, second), known);
  assertEquals(
    await value(
      db,
      `select jsonb_agg(shared_callees order by held_from) from public.admin_number_history
       where phone_number = $1`,
      [known],
    ),
    [0, 1],
  );
});

Deno.test("waiting for an area code, it goes on waiting for a number nobody knows", async () => {
  await using db = await createTestDatabase();
  const { second, known } = await scene(db, PATIENT);
  await reactivate(db, second).catch(() => {});
  await leave(db, second);
  await travel(db, "200 days");
  await sweep(db);
  await db.query(
    'update public.organizations set settings = \'{"area_code": "212"}\' where id = $1',
    [second],
  );
  // Its own number is free again by now, and so are its patients' memories of the first clinic.
  assertEquals(await freeNumbers(db), [known]);
  await reactivate(db, second);
  assertNotEquals(await phoneOf(db, second), known);
  assertEquals(await waiting(db), [second]);
});

Deno.test("no key, no hash, and the call is not disturbed", async () => {
  await using db = await createTestDatabase();
  await addNumbers(db, 10);
  const clinic = await registerOne(db);
  await setVault(db);
  await callOut(db, clinic, [PATIENT]);
  assertEquals(await value(db, "select count(*)::int from phone_pool.callees"), 0);
  assertEquals(await openAlerts(db), ["callee_key_missing"]);
});

Deno.test("no number of a patient is kept, nor a hash that can be made without the key", async () => {
  await using db = await createTestDatabase();
  await addNumbers(db, 1);
  await callOut(db, await registerOne(db), [PATIENT, PATIENT]);
  const hash = "select encode(callee_hash, 'hex') from phone_pool.callees";
  assertNotEquals(
    await value(db, hash),
    await value(db, "encode(sha256(convert_to($1, 'UTF8')), 'hex')", [PATIENT]),
  );
  assertEquals(
    await value(
      db,
      `(${hash}) = encode(extensions.hmac($1, phone_pool.vault_secret('phone_pool_callee_key'), 'sha256'), 'hex')`,
      [PATIENT],
    ),
    true,
  );
});
