import { assert, assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import {
  addNumbers,
  registerOne,
  rolledBack,
  type Runner,
  setVault,
  sweep,
  value,
} from "../../support/pool.ts";
import { plan } from "../../support/purchases.ts";
import { readRunbook } from "../support/runbook.ts";

/** A database where there is something for every statement, and what stands for its <placeholders>. */
async function prepare(db: Runner): Promise<Record<string, string>> {
  await setVault(db);
  await addNumbers(db, 8);
  const organization = await registerOne(db);
  const event = await value<string>(
    db,
    "select phone_pool_worker.record_webhook_event('telnyx', 'E1', 'call.initiated', '{}')::text",
  );
  await db.query("select phone_pool.raise_alert('pool_low', 'a test')");
  return {
    organization_id: organization,
    new_phone_number: "+12015550123",
    other_phone_number: "+12015550124",
    held_back_number: await value(
      db,
      "select phone_number from public.phone_numbers where status = 'available' limit 1",
    ),
    telnyx_phone_number_id: "2935712345",
    purchase_id: await plan(db),
    event_id: event,
    kind: "pool_low",
    subject: "",
    function: "replenish-pool",
    project_ref: "abcdefghijklmnopqrst",
    webhook_url: "https://hooks.slack.com/services/T0/B0/x",
  };
}

Deno.test("as postgres, twice, and none is refused", async (test) => {
  await using db = await createTestDatabase();
  const placeholders = await prepare(db);
  for (const { kind, blocks } of readRunbook()) {
    if (kind !== "") assert(blocks.length > 0, `${kind} says what to read`);
    for (const [index, block] of blocks.entries()) {
      await test.step(`${kind || "before all"}, block ${index + 1}`, async () => {
        const sql = block.replace(/<(\w+)>/g, (_, name: string) => {
          assert(placeholders[name] !== undefined, `<${name}> is known`);
          return placeholders[name];
        });
        await rolledBack(db, async () => {
          await db.query(sql);
          await db.query(sql);
        });
      });
    }
  }
});

Deno.test("what fixes an alert does", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  await db.query("update phone_pool.settings set max_numbers = 0");
  await registerOne(db);
  await sweep(db);
  assertEquals(
    await value(db, "select waiting_for from admin_waiting_organizations"),
    "room under the caps: max_numbers_reached",
  );
  for (
    const block of readRunbook().find(({ kind }) => kind === "max_numbers_reached")?.blocks ?? []
  ) {
    await db.query(block);
  }
  await sweep(db);
  assertEquals(
    await value(db, "select state from admin_alerts where kind = 'max_numbers_reached'"),
    "quiet",
  );
  assert(await value(db, "select in_flight > 0 from admin_pool_health"));
});
