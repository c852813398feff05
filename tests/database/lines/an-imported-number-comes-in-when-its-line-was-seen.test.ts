import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { readNumber, setStatus } from "../../support/lifecycle.ts";
import { phonesOf, registerOne, sweep, travel, value } from "../../support/pool.ts";

const OWN = "+12125557001";

const bring = (db: TestDatabase, number: string, to: string | null = null) =>
  value<string>(db, "(select status from import_phone_number($1, right($1, 10), $2))", [
    number,
    to,
  ]);

/** The worker has asked Telnyx, and there is neither forwarding nor a name. */
async function see(db: TestDatabase, numbers: string[]): Promise<void> {
  await db.query(
    `select phone_pool_worker.record_line(c.phone_number_id, c.claim_token, null, null)
     from phone_pool_worker.claim_lines(50, 90, true) c where c.phone_number = any ($1)`,
    [numbers],
  );
  await db.query(
    "update phone_pool.lines set claim_token = null, lease_until = null where claim_token is not null",
  );
}

async function createWorld(): Promise<TestDatabase> {
  const db = await createTestDatabase();
  await db.query("update phone_pool.settings set caller_name_listing = true");
  return db;
}

Deno.test("numbers whose lines are not seen keep no other out", async () => {
  await using db = await createWorld();
  await bring(db, OWN);
  await see(db, [OWN]);
  assertEquals((await readNumber(db, OWN)).status, "available");
  for (let k = 0; k < 10; k++) await bring(db, `+1212555710${k}`);
  await db.query(
    "select phone_pool.hold_back_number(id, 'a test') from phone_numbers where phone_number = $1",
    [OWN],
  );
  for (let hour = 0; hour < 3; hour++) {
    await travel(db, "2 hours");
    await sweep(db);
  }
  assertEquals((await readNumber(db, OWN)).status, "available");
});

Deno.test("imported again before its line was seen: known, with its holder as well", async () => {
  await using db = await createWorld();
  const holder = await registerOne(db, { phone: "(212) 555-7001" });
  assertEquals(await bring(db, OWN), "suspended");
  assertEquals(await bring(db, OWN), "suspended");
  assertEquals(await bring(db, OWN, holder), "suspended");
  await see(db, [OWN]);
  assertEquals((await readNumber(db, OWN)).organization_id, holder);
});

Deno.test("with it, an organization is no longer without one on purpose", async () => {
  await using db = await createWorld();
  const holder = await registerOne(db, { phone: "(212) 555-7001" });
  await db.query("select unassign_phone_number($1, 'a test')", [holder]);
  await bring(db, OWN, holder);
  await see(db, [OWN]);
  await setStatus(db, holder, "canceled");
  await setStatus(db, holder, "active");
  assertEquals(await phonesOf(db, [holder]), [OWN]);
});
