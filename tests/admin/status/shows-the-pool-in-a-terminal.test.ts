import { z } from "zod";
import { runStatus } from "../../../supabase/status/command.ts";
import { assert, assertEquals, assertRejects } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { addNumbers, register, setVault, sweep, travel } from "../../support/pool.ts";

async function run(db: TestDatabase, json = false) {
  const lines: string[] = [];
  const reports: string[] = [];
  const code = await runStatus({ json, watch: false, local: false, "env-file": undefined }, {
    environment: { SUPABASE_DB_URL: db.url },
    write: (text) => lines.push(text),
    report: (text) => reports.push(text),
  });
  return { code, text: lines.join("\n"), reports };
}

Deno.test("health, alerts and the last orders, as a table or as JSON", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  await addNumbers(db, 4);
  await register(db, 2);
  await sweep(db);
  await db.query("select phone_pool.raise_alert('carrier_down', $1, 'telnyx')", [
    "down\x1b[2J\nand out",
  ]);
  await db.query("select phone_pool.fold_alert_events()");
  const { code, text } = await run(db);
  assertEquals(code, 0);
  for (
    const part of [
      "phone-pool 1.0.0, project not said yet",
      "at most 2, now 2",
      "Calls today: none",
      "Pool: LOW, last sweep",
      "available        2 (low water 5)",
      "rented           14, $14.00 of $500.00 committed this month",
      "assigned         2",
      "critical  carrier_down telnyx  open",
      "warning   pool_low",
      "the pool",
      "a worker",
    ]
  ) assert(text.includes(part), `${part} in\n${text}`);
  assertEquals(text.includes("\x1b"), false);
  assert(/committed +14\.00$/m.test(text), text);
  assert(/registrations {2}▁{29}█/.test(text), text);

  const json = z.object({
    health: z.object({ status: z.literal("low"), available: z.literal(2) }),
    alerts: z.array(z.object({ kind: z.string() })).length(2),
    orders: z.array(z.object({ status: z.literal("planned") })).length(10),
  });
  const { text: printed, reports } = await run(db, true);
  json.parse(JSON.parse(printed));
  assert(reports.some((line) => line.includes(db.name)), "the target is named beside the JSON");
});

Deno.test("its exit code says whether somebody must look", async () => {
  await using db = await createTestDatabase();
  assertEquals((await run(db)).code, 1);
  await addNumbers(db, 9);
  assertEquals((await run(db)).code, 0);
  await travel(db, "4 minutes");
  const { code, text } = await run(db);
  assertEquals([code, text.includes("Pool: STALLED (sweep)")], [1, true]);
  await db.query("drop view admin_pool_health cascade");
  await assertRejects(() => run(db), Error, "admin_pool_health");
});
