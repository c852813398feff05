import { CHECKED } from "../../../supabase/deploy/assumptions.ts";
import { assert, assertEquals, assertStringIncludes } from "../../support/assert.ts";
import type { Case } from "../support/check-cases.ts";
import { createProject } from "../support/project.ts";
import { registerLines } from "../support/register.ts";
import { CARRIER_CASES } from "./carrier-cases.ts";
import { PLATFORM_CASES } from "./platform-cases.ts";

const cases = [...PLATFORM_CASES, ...CARRIER_CASES];

/** Whether the line of the register is named right below what is said. */
function namesTheLine(said: string[], { of, says }: Pick<Case, "of" | "says">): boolean {
  const at = said.findIndex((line) => line.includes(says));
  const named = said.slice(at, at + 3).flatMap((line) =>
    line.match(/supabase\/platform\.md:(\d+) \((\w+)\)$/)?.slice(1) ?? []
  );
  const [line, id] = named;
  return id === of && (registerLines()[Number(line) - 1] ?? "").startsWith(`| ${of} |`);
}

Deno.test("each problem is named with what to do and its line, and nothing is changed", async (t) => {
  await using project = await createProject();
  for (const problem of cases) {
    const { of, name, says, spoil, change, isWarning = false } = problem;
    await t.step(`${of} ${name}`, async () => {
      const mend = await spoil?.(project);
      project.said.length = 0;
      const succeeded = await project.check(change);
      await mend?.();
      const said = project.said.join("\n");
      assertEquals(succeeded, isWarning, said);
      assertStringIncludes(said, says);
      assert(namesTheLine(project.said, problem), said);
      if (!isWarning) assertStringIncludes(said, "Nothing was changed");
    });
  }
  await t.step("S1 a login that is refused", async () => {
    project.said.length = 0;
    project.variables.SUPABASE_ACCESS_TOKEN = `sbp_${"0".repeat(40)}`;
    assert(!await project.deploy());
    assert(namesTheLine(project.said, { of: "S1", says: "npx supabase login" }));
  });
  await t.step("no check is left out", () => {
    const covered = new Set<string>(["S1", ...cases.map(({ of }) => of)]);
    assertEquals(Object.keys(CHECKED).filter((id) => !covered.has(id)), []);
  });
  assertEquals(project.api.changes, []);
  assertEquals(
    await project.database.query("select from pg_namespace where nspname = 'phone_pool'"),
    [],
  );
});
