import { assertEquals } from "../../support/assert.ts";
import { pgNetFixture } from "./support.ts";

Deno.test("what is rolled back is not sent", async () => {
  await using fixture = await pgNetFixture();
  const { database, url } = fixture;
  const client = await database.connect("postgres");

  await client.query("begin");
  await client.query("select net.http_get($1)", [`${url}/transaction`]);
  await client.query("rollback");

  await database.query(`do $$ begin
    perform net.http_get('${url}/subtransaction');
    raise exception 'no';
  exception when others then null;
  end $$`);

  await database.query("select net.http_get($1)", [`${url}/kept`]);
  assertEquals((await fixture.responses(1)).length, 1);
  assertEquals(fixture.received.map(({ path }) => path), ["/kept"]);
});
