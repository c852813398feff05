import {
  bearerToken,
  isOneOf,
  requireNudgeSecret,
} from "../../../../functions/_shared/credentials.ts";
import { assertEquals } from "../../../support/assert.ts";

const NOW = "the-secret-of-today-0123";
const BEFORE = "the-secret-of-before-4567";

const CASES: [what: string, header: string | null, secrets: (string | undefined)[], is: boolean][] =
  [
    ["the current one", `Bearer ${NOW}`, [NOW, BEFORE], true],
    ["the previous one", `Bearer ${BEFORE}`, [NOW, BEFORE], true],
    ["the current one, no other", `Bearer ${NOW}`, [NOW, undefined], true],
    ["the scheme in lower case", `bearer ${NOW}`, [NOW], true],
    ["the previous one, forgotten", `Bearer ${BEFORE}`, [NOW, undefined], false],
    ["another one", "Bearer something-else-0123456", [NOW, BEFORE], false],
    ["its beginning", `Bearer ${NOW.slice(0, -1)}`, [NOW, BEFORE], false],
    ["more than it", `Bearer ${NOW}x`, [NOW, BEFORE], false],
    ["both at once", `Bearer ${NOW} ${BEFORE}`, [NOW, BEFORE], false],
    ["no scheme", NOW, [NOW, BEFORE], false],
    ["another scheme", `Basic ${NOW}`, [NOW, BEFORE], false],
    ["an empty one", "Bearer ", [NOW, undefined], false],
    ["the word undefined", "Bearer undefined", [NOW, undefined], false],
    ["none", null, [NOW, BEFORE], false],
    ["one where none is set", "Bearer undefined", [undefined, undefined], false],
  ];

for (const [what, header, secrets, isKnown] of CASES) {
  Deno.test(`${what}: ${isKnown ? "let in" : "turned away"}`, async () => {
    const headers = new Headers(header === null ? {} : { Authorization: header });
    const request = new Request("http://localhost", { method: "POST", headers });
    const code = await requireNudgeSecret(request, secrets).then(() => "", ({ code }) => code);
    assertEquals(code, isKnown ? "" : "unauthorized");
  });
}

Deno.test("one of none is none; a token is one word", async () => {
  assertEquals(await isOneOf("", []), false);
  assertEquals(await isOneOf("b", ["a", "b", "c"]), true);
  const headers = { Authorization: "Bearer one two" };
  assertEquals(bearerToken(new Request("http://localhost", { headers })), undefined);
});
