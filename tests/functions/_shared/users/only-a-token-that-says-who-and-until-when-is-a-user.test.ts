import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { createAuthenticate } from "../../../../functions/_shared/users.ts";
import { assertEquals } from "../../../support/assert.ts";

const SECRET_KEYS = ["sb_secret_of_the_backend", "sb_secret_of_another_part"];
const { privateKey, publicKey } = await generateKeyPair("ES256");
const jwks = JSON.stringify({
  keys: [{ ...await exportJWK(publicKey), alg: "ES256", kid: "one" }],
});
const authenticate = createAuthenticate(SECRET_KEYS, jwks, () => {});

const now = Math.floor(Date.now() / 1000);
const RIGHT: JWTPayload = {
  sub: "a-user",
  role: "authenticated",
  aud: "authenticated",
  iat: now,
  exp: now + 3600,
};

const CASES: [what: string, change: JWTPayload, isUser: boolean][] = [
  ["as Supabase signs it", {}, true],
  ["without an end", { exp: undefined }, false],
  ["of a minute ago", { exp: now - 60 }, false],
  ["of tomorrow", { nbf: now + 86_400 }, false],
  ["of nobody", { sub: undefined }, false],
  ["for another audience", { aud: "else" }, false],
  ["for no audience", { aud: undefined }, false],
  ["without a role", { role: undefined }, false],
  ["of role anon", { role: "anon" }, false],
  ["of role service_role", { role: "service_role" }, false],
];

const callerOf = (headers: Record<string, string>) =>
  authenticate(new Request("http://localhost", { headers }))
    .then(({ kind }) => kind, ({ code }) => code);

for (const [what, change, isUser] of CASES) {
  Deno.test(`a token ${what}: ${isUser ? "a user" : "unauthorized"}`, async () => {
    const token = await new SignJWT({ ...RIGHT, ...change })
      .setProtectedHeader({ alg: "ES256", kid: "one" }).sign(privateKey);
    const caller = await callerOf({ Authorization: `Bearer ${token}` });
    assertEquals(caller, isUser ? "user" : "unauthorized");
  });
}

Deno.test("the backend has several keys, as apikey or as bearer token", async () => {
  for (const key of SECRET_KEYS) {
    assertEquals(await callerOf({ apikey: key }), "backend");
    assertEquals(await callerOf({ Authorization: `Bearer ${key}` }), "backend");
  }
  assertEquals(await callerOf({ apikey: "sb_secret_of_a_stranger" }), "unauthorized");
  assertEquals(await callerOf({}), "unauthorized");
});
