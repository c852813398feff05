import { assertEquals, assertMatch } from "../support/assert.ts";
import { createTestDatabase } from "../support/database.ts";
import { failureOf } from "../support/failure.ts";
import { ERRORS } from "../../functions/_shared/errors.ts";
import { FUNCTIONS, offenders } from "../support/catalogue.ts";

Deno.test("the functions' registry and phone_pool.errors say the same", async () => {
  await using db = await createTestDatabase();
  const rows = await db.query(
    "select code, sqlstate, status, message from phone_pool.errors order by code",
  );
  const registered = Object.entries(ERRORS)
    .filter(([, { sqlstate }]) => sqlstate)
    .map(([code, { sqlstate, status, message }]) => ({ code, sqlstate, status, message }))
    .sort((a, b) => a.code < b.code ? -1 : 1);
  assertEquals<unknown>(rows, registered);
});

Deno.test("every code that a function names is registered", async () => {
  await using db = await createTestDatabase();
  assertEquals(
    await offenders(
      db,
      `select distinct m.code[1] as value from ${FUNCTIONS} f,
         regexp_matches(f.prosrc, 'raise_error\\(\\s*''([a-z_]+)''', 'g') m (code)
       where m.code[1] not in (select code from phone_pool.errors)`,
    ),
    [],
  );
});

Deno.test("each is raised with its SQLSTATE, message, detail and hint", async () => {
  await using db = await createTestDatabase();
  const rows = await db.query<{ code: string; sqlstate: string; message: string; hint: string }>(
    "select code, sqlstate, message, hint from phone_pool.errors",
  );
  for (const { code, sqlstate, message, hint } of rows) {
    const raised = db.query("select phone_pool.raise_error($1, 'a detail')", [code]);
    assertEquals(await failureOf(raised), { code: sqlstate, message, detail: "a detail", hint });
    assertMatch(hint, /\.$/);
  }
});
