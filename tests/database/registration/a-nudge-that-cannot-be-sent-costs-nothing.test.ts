import { assertEquals, assertMatch } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import {
  addNumbers,
  answerNudges,
  buyingAlerts,
  countInFlight,
  countNudges,
  on,
  phonesOf,
  register,
  setVault,
  sweep,
} from "../../support/pool.ts";

const CASES: { name: string; vault: (db: TestDatabase) => Promise<unknown>; says: RegExp }[] = [
  { name: "no secrets", vault: () => Promise.resolve(), says: /phone_pool_functions_url/ },
  {
    name: "no shared secret",
    vault: (db) =>
      db.query("select vault.create_secret('http://127.0.0.1:9', 'phone_pool_functions_url')"),
    says: /phone_pool_secret/,
  },
  { name: "an empty secret", vault: (db) => setVault(db, { secret: "" }), says: /phone_pool_sec/ },
  { name: "an empty URL", vault: (db) => setVault(db, { url: "" }), says: /functions_url/ },
  { name: "a URL without a scheme", vault: (db) => setVault(db, { url: "here" }), says: /scheme/ },
];

Deno.test("a registration whose nudge cannot be sent commits, warns and is caught up", async (t) => {
  await using db = await createTestDatabase();
  for (const { name, vault, says } of CASES) {
    await t.step(name, async () => {
      await reset(db);
      const numbers = await addNumbers(db, 1);
      await vault(db);
      const client = await db.connect();
      const warnings: string[] = [];
      client.on("notice", ({ message }) => warnings.push(message ?? ""));
      const ids = await register(on(client), 2);

      assertEquals(await phonesOf(db, ids), [numbers[0] ?? null, null]);
      assertEquals(await buyingAlerts(db), ["nudge_failed"]);
      assertMatch(warnings.join("\n"), says);

      await setVault(db);
      await sweep(db);
      assertEquals(await countInFlight(db), 10, "it is planned without a nudge");
      assertEquals(await countNudges(db), 1);
      assertEquals(await buyingAlerts(db), ["nudge_failed"], "nothing was answered yet");
      await answerNudges(db, 202);
      await sweep(db);
      assertEquals(await buyingAlerts(db), []);
    });
  }
});

async function reset(db: TestDatabase): Promise<void> {
  await db.query("delete from vault.secrets");
  await db.query("delete from net.http_request_queue");
  await db.query("delete from public.organizations");
  await db.query("delete from phone_pool.purchases");
  await db.query("update phone_pool.planner set quiet_until = '-infinity'");
  await db.query("select setval('phone_pool.latest_nudge', 0)");
}
