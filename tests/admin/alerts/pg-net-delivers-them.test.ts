import { runPgNetWorker } from "../../../supabase/local/pg-net/worker.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { values } from "../../support/pool.ts";

Deno.test("posted as {text}, acknowledged by what the next sweep finds", async () => {
  await using db = await createTestDatabase();
  const bodies: string[] = [];
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    async (request) => {
      bodies.push(await request.text());
      return new Response("ok");
    },
  );
  const abort = new AbortController();
  const worker = runPgNetWorker({
    databaseUrl: db.superuserUrl,
    signal: abort.signal,
    log: () => {},
    pauseMilliseconds: 5,
  });
  try {
    await db.query("update phone_pool.settings set alert_webhook_url = $1", [
      `http://127.0.0.1:${server.addr.port}/hook`,
    ]);
    await db.query("select phone_pool.raise_alert('budget_near', '81 of 100 dollars a month')");
    const told = "select id as value from admin_alerts where told_at is not null";
    const deadline = Date.now() + 10_000;
    while ((await values(db, told)).length === 0) {
      assert(Date.now() < deadline, "acknowledged");
      await db.query("select phone_pool.fold_alert_events(), phone_pool.deliver_alerts()");
    }
    assertEquals(bodies.length, 1);
    const body: Record<string, string> = JSON.parse(bodies[0] ?? "");
    assertEquals(Object.keys(body), ["text"]);
    assert(body.text?.includes("81 of 100 dollars a month"));
  } finally {
    abort.abort();
    await worker;
    await server.shutdown();
  }
});
