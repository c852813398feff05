import { assertEquals, assertRejects } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";

const URLS = [
  { url: null, message: 'null value in column "url"' },
  { url: "", message: "Malformed input to a URL function" },
  { url: "/functions/v1/replenish-pool", message: "Bad scheme" },
  { url: "127.0.0.1:54321/x", message: "Bad scheme" },
];

Deno.test("a url that cannot be one raises in the caller's statement", async (test) => {
  await using database = await createTestDatabase({ bare: true });
  await database.query("create extension if not exists pg_net");
  await database.query("create table public.registered (id int)");
  for (const { url, message } of URLS) {
    await test.step(String(url), async () => {
      const insert = () =>
        database.query(
          "with i as (insert into public.registered values (1)) select net.http_post($1)",
          [url],
        );
      await assertRejects(insert, Error, message);
      assertEquals(await database.query("select * from public.registered"), []);
    });
  }
  await test.step("another Content-Type than application/json", async () => {
    await assertRejects(
      () =>
        database.query(
          `select net.http_post('http://x/', headers := '{"content-type": "text/plain"}')`,
        ),
      Error,
      'Content-Type header must be "application/json"',
    );
  });
  assertEquals(await database.query("select * from net.http_request_queue"), []);
});
