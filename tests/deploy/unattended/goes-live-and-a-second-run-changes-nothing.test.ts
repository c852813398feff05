import { assert, assertEquals } from "../../support/assert.ts";
import { localFunctions } from "../../../supabase/deploy/steps/functions.ts";
import { createProject, type Project } from "../support/project.ts";
import { stateOf } from "../support/state.ts";

Deno.test("one command makes a bare project live, and a second run changes nothing", async (t) => {
  // What was uploaded is all that runs: a file or a secret that is missing would show.
  await using project = await createProject(undefined, () => true);
  assert(await project.deploy(), project.said.join("\n"));
  const before = await stateOf(project);
  const secrets = secretsOf(project);

  await t.step("every function is live, checked as config.toml says", async () => {
    const live = [...project.api.functions].map(([name, { verifyJwt }]) => ({ name, verifyJwt }))
      .sort((a, b) => a.name.localeCompare(b.name));
    assertEquals(live, await localFunctions());
  });

  await t.step("exactly the files that the functions import were uploaded", () => {
    for (const [name, { files }] of project.api.functions) {
      const strange = [...files.keys()].filter((path) => !isExpected(path, name));
      assertEquals(strange, [], `${name} carries files that are not its own`);
      const text = [...files.values()].join("\n");
      for (const secret of secrets) assert(!text.includes(secret), `${name} carries a secret`);
    }
  });

  await t.step("Postgres and the functions share one new secret", () => {
    assertEquals(before.sharesTheSecret, true);
    assert((project.api.secrets.get("PHONE_POOL_SECRET") ?? "").length >= 32);
  });

  await t.step("the pool was bought, every function runs and a nudge came back", async () => {
    assertEquals(before.numbers, [{ status: "available", held: false, count: 6 }]);
    const names = (await localFunctions()).length;
    assert(project.said.some((line) => line.includes(`${names} functions answer`)));
    assert(project.said.some((line) => line.includes("answered 202")));
  });

  await t.step("no secret was said, or is in the history of migrations", async () => {
    const history = await project.database.query(
      "select array_to_string(statements, ';') as text from supabase_migrations.schema_migrations",
    );
    const text = JSON.stringify([project.said, history]);
    for (const secret of secrets) assert(!text.includes(secret), "a secret is visible");
  });

  await t.step("a second run changes nothing", async () => {
    project.api.changes.length = 0;
    const vault = await project.database.query("select * from vault.secrets order by name");
    assert(await project.deploy(), project.said.join("\n"));
    assertEquals(project.api.changes, []);
    assertEquals(await stateOf(project), before);
    assertEquals(
      await project.database.query("select * from vault.secrets order by name"),
      vault,
    );
  });

  await t.step("a changed secret is set, and that one only", async () => {
    project.api.changes.length = 0;
    project.variables.LIVEKIT_AGENT_NAME = "intake-agent";
    assert(await project.deploy());
    assertEquals(project.api.changes, ["POST /secrets"]);
    assertEquals(project.api.secrets.get("LIVEKIT_AGENT_NAME"), "intake-agent");
  });
});

/** Its own modules, shared ones, and the import map: no test, no simulator, no .env. */
function isExpected(path: string, name: string): boolean {
  return path === "supabase/functions/deno.json" ||
    new RegExp(`^supabase/functions/(_shared|${name})/[a-z0-9-]+\\.(ts|json)$`).test(path);
}

function secretsOf({ variables, api }: Project): string[] {
  const names = ["SUPABASE_ACCESS_TOKEN", "SUPABASE_DB_URL", "LIVEKIT_API_SECRET"];
  return [
    ...names.flatMap((name) => variables[name] ?? []),
    variables.TELNYX_API_KEY ?? "",
    api.secrets.get("PHONE_POOL_SECRET") ?? "",
  ].filter((secret) => secret !== "");
}
