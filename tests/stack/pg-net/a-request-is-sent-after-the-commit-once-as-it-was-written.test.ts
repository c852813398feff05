import { assertEquals } from "../../support/assert.ts";
import { pgNetFixture } from "./support.ts";

Deno.test("a request is sent after the commit, once, as it was written", async () => {
  await using fixture = await pgNetFixture(() => Response.json({ done: true }, { status: 201 }));
  const { database, url } = fixture;
  const client = await database.connect("postgres");

  await client.query("begin");
  await client.query(
    `select net.http_post(
       url := $1, body := '{"b": 1, "a": 2}', params := '{"q": "ä b"}',
       headers := '{"Authorization": "Bearer secret", "X-Null": null}'
     )`,
    [`${url}/path?x=1`],
  );
  // Another request that is answered proves that the worker ran and left the first one alone.
  await database.query("select net.http_get($1)", [`${url}/other`]);
  await fixture.responses(1);
  assertEquals(fixture.received.map(({ path }) => path), ["/other"]);

  await client.query("commit");
  const responses = await fixture.responses(2);
  const sent = fixture.received.at(-1);
  assertEquals(fixture.received.length, 2);
  assertEquals([sent?.method, sent?.path, sent?.body], [
    "POST",
    "/path?x=1&q=%C3%A4%20b",
    '{"a": 2, "b": 1}',
  ]);
  assertEquals(sent?.headers.authorization, "Bearer secret");
  assertEquals(sent?.headers["content-type"], "application/json");
  assertEquals(sent?.headers["user-agent"], "pg_net/0.20.4");
  assertEquals(sent?.headers["x-null"], undefined);
  assertEquals(responses.map(({ status_code, content }) => [status_code, content]).sort(), [
    [201, '{"done":true}'],
    [201, '{"done":true}'],
  ]);
});
