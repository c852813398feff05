import { AppError } from "../../../../functions/_shared/errors.ts";
import { createResponder, json } from "../../../../functions/_shared/http.ts";
import { createLog } from "../../../../functions/_shared/log.ts";
import { assertEquals } from "../../../support/assert.ts";

async function answerTo(error: unknown) {
  const lines: string[] = [];
  const respond = createResponder(
    (request_id) => createLog("a-function", (line) => lines.push(line), { request_id }),
    () => error === undefined ? Promise.resolve(json(200, {})) : Promise.reject(error),
  );
  const response = await respond(new Request("http://localhost"));
  const { request_id, ...body } = await response.json();
  const logged = lines.map((line) => JSON.parse(line));
  const isFound = logged.every((entry) => entry.request_id === request_id);
  return { response, body, errors: logged.map(({ error }) => error), isFound };
}

const UNKNOWN: [what: string, error: unknown, logged: string][] = [
  [
    "an error",
    new Error('relation "patients" of +12125550123'),
    'Error: relation "patients" of …0123',
  ],
  ["a text", "password of postgres", "password of postgres"],
  ["nothing", null, "null"],
];

for (const [what, error, logged] of UNKNOWN) {
  Deno.test(`${what} that is thrown is 500 without a word of it, and found by request_id`, async () => {
    const { response, body, errors, isFound } = await answerTo(error);
    assertEquals([response.status, body], [500, {
      detail: "Something went wrong on our side",
      code: "internal_error",
    }]);
    assertEquals([errors, isFound], [[logged], true]);
    assertEquals(response.headers.get("Cache-Control"), "no-store");
  });
}

Deno.test("an error with a code is told as it is, with when to come again and how to ask", async () => {
  const { response, body, errors } = await answerTo(
    new AppError("rate_limited", undefined, {
      retryAt: "2026-11-20T20:00:00+00:00",
      retryAfterSeconds: 30,
      allow: "POST",
      cause: new Error("what led to it"),
    }),
  );
  assertEquals([response.status, body], [429, {
    detail: "Too many requests",
    code: "rate_limited",
    retry_at: "2026-11-20T20:00:00+00:00",
  }]);
  assertEquals(response.headers.get("Retry-After"), "30");
  assertEquals(response.headers.get("Allow"), "POST");
  assertEquals(errors, [undefined]);
});
