import { assertEquals, assertRejects } from "../../support/assert.ts";
import { pgNetFixture } from "./support.ts";

Deno.test("requests wait for a worker that is down", async () => {
  await using fixture = await pgNetFixture();
  const { database, url } = fixture;
  await database.query("select net.check_worker_is_up()");

  await fixture.stopWorker();
  await assertRejects(
    () => database.query("select net.check_worker_is_up()"),
    Error,
    "the pg_net background worker is not up",
  );
  for (let n = 1; n <= 3; n++) await database.query("select net.http_get($1)", [`${url}/${n}`]);
  assertEquals(fixture.received, []);

  await fixture.startWorker();
  await fixture.responses(3);
  assertEquals(fixture.received.map(({ path }) => path).sort(), ["/1", "/2", "/3"]);
});
