import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { createLog } from "../../../../functions/_shared/log.ts";
import { createAuthenticate } from "../../../../functions/_shared/users.ts";
import { freePort } from "../../../../supabase/local/stack/free-port.ts";
import { inRoot } from "../../../../supabase/local/stack/paths.ts";
import { assertEquals } from "../../../support/assert.ts";
import { eventually } from "../../../stack/support.ts";

const SECRET_KEY = "sb_secret_of_the_backend";

const pair = await generateKeyPair("ES256", { extractable: true });
const publicKey = { ...await exportJWK(pair.publicKey), alg: "ES256", use: "sig", kid: "one" };
const token = await new SignJWT({ role: "authenticated" })
  .setProtectedHeader({ alg: "ES256", kid: "one" })
  .setAudience("authenticated").setSubject(crypto.randomUUID())
  .setIssuedAt().setExpirationTime("1h").sign(pair.privateKey);

const CASES: [what: string, jwks: string | undefined, reason: string | null][] = [
  ["a set", JSON.stringify({ keys: [publicKey] }), null],
  ["a bare array", JSON.stringify([publicKey]), null],
  ["a key beside what is none", JSON.stringify({ keys: [null, 7, {}, publicKey] }), null],
  ["an empty array", "[]", "has no key"],
  ["an empty set, as of projects with the legacy secret", '{"keys":[]}', "has no key"],
  ["an array of what is no key", '[1, "a", {}]', "has no key"],
  ["no JSON", "no JSON", "is no set of keys"],
  ["half of it", '{"keys":[', "is no set of keys"],
  ["null", "null", "is no set of keys"],
  ["another object", '{"keys":{}}', "is no set of keys"],
  ["nothing", "", "is not set"],
  ["not set", undefined, "is not set"],
];

const caller = (authenticate: ReturnType<typeof createAuthenticate>, bearer: string) =>
  authenticate(
    new Request("http://localhost", { headers: { Authorization: `Bearer ${bearer}` } }),
  ).then(({ kind }) => kind, (error) => error.code);

for (const [what, jwks, reason] of CASES) {
  Deno.test(`SUPABASE_JWKS is ${what}`, async () => {
    const lines: string[] = [];
    const log = createLog("intake-calls", (line) => lines.push(line));
    const authenticate = createAuthenticate([SECRET_KEY], jwks, log);
    assertEquals(await caller(authenticate, SECRET_KEY), "backend");
    assertEquals(await caller(authenticate, token), reason === null ? "user" : "unauthorized");
    const said = lines.map((line) => JSON.parse(line))
      .map(({ event, variable, reason }) => ({ event, variable, reason }));
    const wanted = { event: "users_unknown", variable: "SUPABASE_JWKS", reason };
    assertEquals(said, reason === null ? [] : [wanted]);
  });
}

Deno.test("intake-calls itself starts with junk there, and says so", async () => {
  const port = freePort();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", inRoot("functions", "intake-calls", "index.ts")],
    env: {
      SUPABASE_URL: "http://127.0.0.1:9",
      SUPABASE_SECRET_KEYS: JSON.stringify({ default: SECRET_KEY }),
      SUPABASE_JWKS: "junk",
      PHONE_POOL_SECRET: "a-shared-secret-of-32-characters",
      LIVEKIT_URL: "ws://127.0.0.1:9",
      LIVEKIT_API_KEY: "devkey",
      LIVEKIT_API_SECRET: "a-secret",
      LIVEKIT_SIP_TRUNK_ID: "ST_1",
      DENO_SERVE_ADDRESS: `tcp:127.0.0.1:${port}`,
    },
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let logged = "";
  const reading = (async () => {
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) logged += text;
  })();
  try {
    let document = "";
    await eventually("it answers", async () => {
      const url = `http://127.0.0.1:${port}/intake-calls/openapi.json`;
      document = await fetch(url).then((response) => response.text(), () => "");
      return document !== "";
    });
    assertEquals(JSON.parse(document).openapi, "3.1.0");
    assertEquals(logged.includes('"event":"users_unknown"'), true, logged);
  } finally {
    child.kill("SIGKILL");
    await child.status;
    await reading;
  }
});
