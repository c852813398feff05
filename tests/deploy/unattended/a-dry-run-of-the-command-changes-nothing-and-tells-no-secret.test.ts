import { assert, assertEquals, assertStringIncludes } from "../../support/assert.ts";
import { inRoot } from "../../../supabase/local/stack/paths.ts";
import { createProject } from "../support/project.ts";

const run = async (args: string[], env: Record<string, string>) => {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", inRoot("supabase", "deploy", "deploy.ts"), ...args],
    env,
    clearEnv: true,
    stdin: "null",
  }).output();
  const text = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("\n");
  return { success, text };
};

Deno.test("the command itself, dry: a plan, no change, no secret", async (t) => {
  await using project = await createProject();
  const { success, text } = await run(["--yes", "--dry-run"], project.variables);
  assert(success, text);
  assertStringIncludes(text, "Dry run: nothing was changed");
  const { SUPABASE_DB_URL, SUPABASE_PROJECT_REF } = project.variables;
  assertStringIncludes(
    text.split("\n")[0] ?? "",
    `Project ${SUPABASE_PROJECT_REF}, database ${new URL(SUPABASE_DB_URL ?? "").host}/`,
  );
  assertEquals(project.api.changes, []);
  for (const name of ["SUPABASE_ACCESS_TOKEN", "LIVEKIT_API_SECRET", "TELNYX_API_KEY"]) {
    assert(!text.includes(project.variables[name] ?? ""), `${name} is visible`);
  }

  await t.step("missing variables are all listed, and nobody is asked", async () => {
    const { LIVEKIT_URL: _url, TELNYX_API_KEY: _key, ...others } = project.variables;
    const wrong = { PHONE_POOL_MAX_NUMBERS: "many", SUPABASE_DB_URL: "mysql://of-somebody" };
    const result = await run(["--yes"], { ...others, ...wrong });
    assert(!result.success);
    assertStringIncludes(result.text, "PHONE_POOL_MAX_NUMBERS is not an amount, such as 40");
    assertStringIncludes(result.text, "SUPABASE_DB_URL is not postgresql://");
    assert(!result.text.includes("of-somebody"));
    assertStringIncludes(result.text, "TELNYX_API_KEY is missing");
    assertStringIncludes(result.text, "LIVEKIT_URL is missing");
  });
});
