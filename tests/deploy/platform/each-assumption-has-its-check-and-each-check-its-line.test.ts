import { CHECKED } from "../../../supabase/deploy/assumptions.ts";
import { STEPS } from "../../../supabase/deploy/run.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { createProject } from "../support/project.ts";
import { readRegister, registerLines } from "../support/register.ts";

const rows = readRegister();
const named = (kind: string) => rows.filter((row) => row.kind === kind).map(({ name }) => name);

Deno.test("the register is short, and each row says once how it is checked", () => {
  assert(registerLines().length <= 120);
  assert(rows.length > 40);
  assertEquals(rows.filter(({ kind }) => kind === ""), []);
  assertEquals(new Set(rows.map(({ id }) => id)).size, rows.length);
  const others = registerLines().filter((line) => /^\| [A-Z]+\d/.test(line));
  assertEquals(others.length, rows.length, "a row that is not read");
});

Deno.test("the checks of a dry run are exactly the register's", () => {
  const inRegister = rows.filter(({ kind }) => kind === "dry run").map((
    { id, name },
  ) => [id, name]);
  assertEquals(inRegister.sort(), Object.entries(CHECKED).sort());
});

Deno.test("a project with nothing wrong shows each of them once", async () => {
  await using project = await createProject();
  assert(await project.check(), project.said.join("\n"));
  const shown = project.said.flatMap((line) => line.match(/^ {2}[✓!✗] ([^:]+): /)?.[1] ?? []);
  assertEquals(shown.sort(), Object.values(CHECKED).toSorted());
});

Deno.test("steps and alerts that it names are there", async () => {
  const steps = new Set(STEPS.map(({ name }) => name));
  assertEquals(named("step").filter((name) => !steps.has(name)), []);
  await using db = await createTestDatabase();
  const kinds = await db.query<{ kind: string }>("select kind from phone_pool.alert_kinds");
  const known = new Set(kinds.map(({ kind }) => kind));
  assert(known.size > 10);
  assertEquals(named("alert").filter((name) => !known.has(name)), []);
});
