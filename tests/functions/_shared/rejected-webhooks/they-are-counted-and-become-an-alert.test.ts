import { z } from "zod";
import { countRejections } from "../../../../functions/_shared/rejected-webhooks.ts";
import { assertEquals } from "../../../support/assert.ts";
import { createTestDatabase } from "../../../support/database.ts";
import { openAlerts, sweep, travel, value } from "../../../support/pool.ts";
import { createRpc } from "../../../support/rpc.ts";

Deno.test("a flood of them is one statement, and then an alert, until an hour is quiet", async () => {
  await using db = await createTestDatabase();
  const rpc = createRpc(await db.connect("service_role"));
  let statements = 0;
  const work: Promise<void>[] = [];
  const pause = Promise.withResolvers<void>();
  const handler = countRejections(
    (request) => Promise.resolve(new Response(null, { status: Number(request.headers.get("x")) })),
    {
      provider: "telnyx",
      call: (name, parameters, schema) => (statements++, rpc(name, parameters, schema)),
      runInBackground: (job) => void work.push(job()),
      delay: () => pause.promise,
      log: () => {},
    },
  );
  for (const status of ["401", "200", "401", "422", "401", "500"]) {
    await handler(new Request("http://localhost", { headers: { x: status } }));
  }
  pause.resolve();
  await Promise.all(work);
  assertEquals(statements, 1);
  assertEquals(await value(db, "select rejected::int from phone_pool.webhook_rejections"), 3);

  const isOpen = async () => {
    await sweep(db);
    return (await openAlerts(db)).includes("webhook_rejected");
  };
  assertEquals(await isOpen(), true);
  await travel(db, "61 minutes");
  assertEquals(await isOpen(), false);
});

Deno.test("what cannot be counted is logged, and answered all the same", async () => {
  const events: string[] = [];
  const work: Promise<void>[] = [];
  const handler = countRejections(() => Promise.resolve(new Response(null, { status: 401 })), {
    provider: "livekit",
    call: () => Promise.reject(new Error("the database is away")),
    runInBackground: (job) => void work.push(job()),
    delay: () => Promise.resolve(),
    log: (event, fields) =>
      events.push(`${event} ${z.object({ count: z.number() }).parse(fields).count}`),
  });
  assertEquals((await handler(new Request("http://localhost"))).status, 401);
  await Promise.all(work);
  assertEquals(events, ["rejections_not_counted 1"]);
});
