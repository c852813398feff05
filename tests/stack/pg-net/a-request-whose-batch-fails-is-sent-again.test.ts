import { assertEquals } from "../../support/assert.ts";
import { pgNetFixture } from "./support.ts";

Deno.test("a request whose batch fails is sent again", async () => {
  const first = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<Response>();
  let calls = 0;
  await using fixture = await pgNetFixture(() => {
    calls += 1;
    if (calls > 1) return new Response("second");
    first.resolve();
    return answered.promise;
  });
  const { database, url } = fixture;

  await database.query("select net.http_get($1)", [url]);
  await first.promise;
  // The worker dies in its transaction: the delete from the queue is undone with it.
  const admin = await database.connect("supabase_admin");
  await admin.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where application_name = 'pg_net worker' and datname = current_database()`,
  );
  answered.resolve(new Response("first"));

  const responses = await fixture.responses(1);
  assertEquals(responses.map(({ content }) => content), ["second"]);
  assertEquals(fixture.received.length, 2);
});
