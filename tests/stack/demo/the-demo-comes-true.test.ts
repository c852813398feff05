import { inRoot } from "../../../supabase/local/stack/paths.ts";
import { assertEquals, assertStringIncludes } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { startRecorder } from "../../support/real-services.ts";

const WRITTEN = `
  select nspname as name from pg_namespace where nspname in ('phone_pool', 'phone_pool_worker', 'supabase_migrations')
  union all
  select relname from pg_class where relnamespace = 'public'::regnamespace`;

Deno.test("npm run demo buys, registers, refills, calls, and touches nothing real", async () => {
  await using recorder = startRecorder();
  await using database = await createTestDatabase({ bare: true });
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", inRoot("supabase", "local", "demo.ts")],
    env: { ...recorder.variables, DATABASE_URL: database.url, NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assertEquals(code, 0, text);
  for (
    const line of [
      "The pool has 40 numbers",
      "The pool has refilled itself to 14 numbers",
      "Clinic 2 calls +15552222222: 202 queued, the phone shows +1",
      'calls: 400 "Organization does not have a phone number assigned"',
    ]
  ) assertStringIncludes(text, line);
  assertEquals(recorder.connections(), 0);
  assertEquals(await database.query(WRITTEN), []);
});
