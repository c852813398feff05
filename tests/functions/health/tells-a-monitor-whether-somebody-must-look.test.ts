import { z } from "zod";
import { VERSION } from "../../../functions/_shared/version.ts";
import { createHandler } from "../../../functions/health/handler.ts";
import { poolHealth } from "../../../functions/health/schema.ts";
import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { addNumbers, travel } from "../../support/pool.ts";
import { createRpc } from "../../support/rpc.ts";

const URL = "http://localhost/health";

Deno.test("healthy, stalled, and the database away, by status and a small body", async () => {
  await using db = await createTestDatabase();
  const call = createRpc(await db.connect("service_role"));
  let now = 0;
  let isReachable = true;
  const handler = createHandler({
    readHealth: async () => {
      if (!isReachable) throw new Error("no route to host, password=hunter2");
      const [row] = await call("get_pool_health", {}, z.array(poolHealth));
      return poolHealth.parse(row);
    },
    now: () => now,
    log: () => {},
  });
  const ask = async () => {
    now += 5000;
    const response = await handler(new Request(URL));
    const { version, ...report } = await response.json();
    assertEquals(version, VERSION);
    return [response.status, report];
  };
  assertEquals(await ask(), [503, { status: "empty", stalled_jobs: [] }]);
  await addNumbers(db, 3);
  assertEquals(await ask(), [200, { status: "low", stalled_jobs: [] }]);
  await addNumbers(db, 3);
  assertEquals(await ask(), [200, { status: "healthy", stalled_jobs: [] }]);
  await travel(db, "4 minutes");
  assertEquals(await ask(), [503, { status: "stalled", stalled_jobs: ["sweep"] }]);
  isReachable = false;
  assertEquals(await ask(), [503, { status: "unreachable", stalled_jobs: [] }]);
});

Deno.test("however many ask, the database is asked once in five seconds", async () => {
  let asked = 0;
  let now = 0;
  const handler = createHandler({
    readHealth: () => {
      asked++;
      return Promise.resolve({ status: "healthy", stalled_jobs: [] });
    },
    now: () => now,
    log: () => {},
  });
  for (now = 0; now < 10_000; now += 500) await handler(new Request(URL, { method: "HEAD" }));
  assertEquals(asked, 2);
});

Deno.test("it is read only", async () => {
  const handler = createHandler({
    readHealth: () => Promise.reject(new Error("not asked")),
    now: () => 0,
    log: () => {},
  });
  const { status } = await handler(new Request(URL, { method: "POST" }));
  assertEquals(status, 405);
});
