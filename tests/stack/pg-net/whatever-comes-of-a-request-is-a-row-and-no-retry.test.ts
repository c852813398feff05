import { assertEquals, assertMatch } from "../../support/assert.ts";
import { freePort } from "../../../supabase/local/stack/free-port.ts";
import { pgNetFixture } from "./support.ts";

Deno.test("whatever comes of a request is a row, and no retry", async (test) => {
  const never = Promise.withResolvers<Response>();
  await using fixture = await pgNetFixture(({ path }) =>
    path === "/slow" ? never.promise : new Response("down", { status: 500 })
  );
  const { database, url } = fixture;
  let expected = 0;
  const outcome = async (target: string, timeout = 5000) => {
    await database.query("select net.http_post(url := $1, timeout_milliseconds := $2)", [
      target,
      timeout,
    ]);
    return (await fixture.responses(++expected)).at(-1);
  };

  await test.step("an error of the server", async () => {
    const row = await outcome(url);
    assertEquals([row?.status_code, row?.content, row?.timed_out, row?.error_msg], [
      500,
      "down",
      false,
      null,
    ]);
  });
  await test.step("a timeout, though the server did receive it", async () => {
    const row = await outcome(`${url}/slow`, 50);
    assertEquals([row?.status_code, row?.timed_out], [null, true]);
    assertMatch(row?.error_msg ?? "", /^Timeout of 50 ms reached/);
    never.resolve(new Response());
  });
  await test.step("nobody listens", async () => {
    const row = await outcome(`http://127.0.0.1:${freePort()}`);
    assertEquals([row?.status_code, row?.timed_out], [null, false]);
    assertMatch(row?.error_msg ?? "", /./);
  });
  await test.step("a scheme that nobody speaks", async () => {
    const row = await outcome("ftp://127.0.0.1/");
    assertEquals([row?.status_code, row?.timed_out], [null, false]);
  });
  assertEquals(fixture.received.map(({ path }) => path), ["/", "/slow"]);
});
