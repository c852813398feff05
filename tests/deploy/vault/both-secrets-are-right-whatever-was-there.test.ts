import { withClient } from "../../../supabase/local/postgres/connect.ts";
import {
  assert,
  assertEquals,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
} from "../../support/assert.ts";
import { migrations } from "../../../supabase/deploy/steps/migrations.ts";
import { smoke } from "../../../supabase/deploy/steps/smoke.ts";
import { preparePush } from "../../upgrade/support/plain-push.ts";
import { createProject, type Project } from "../support/project.ts";

const secrets = async ({ database }: Project) =>
  Object.fromEntries(
    (await database.query<{ name: string; value: string }>(
      `select name, decrypted_secret as value from vault.decrypted_secrets
       where name in ('phone_pool_functions_url', 'phone_pool_secret')`,
    )).map(({ name, value }) => [name, value]),
  );

const bothAreThere = async (project: Project) => {
  const found = await secrets(project);
  assert((found.phone_pool_secret?.length ?? 0) >= 32 && found.phone_pool_functions_url);
  return found;
};

/** Postgres sends what the functions let in, to where they are. */
async function bothAreRight(project: Project): Promise<string> {
  const { phone_pool_functions_url: url, phone_pool_secret: secret } = await bothAreThere(project);
  assertEquals(url, project.variables.PHONE_POOL_FUNCTIONS_URL);
  assertEquals(secret, project.api.secrets.get("PHONE_POOL_SECRET"));
  return secret ?? "";
}

const asSuperuser = ({ database }: Project, sql: string) =>
  withClient(database.superuserUrl, (client) => client.query(sql));

/** What the step says that it did. */
const said = ({ said }: Project) => said.findLast((line) => line.startsWith("✓ database: "));

Deno.test("both secrets are right after a deployment, whatever was there before", async (t) => {
  await using project = await createProject();
  const { database } = project;

  await t.step("migrations pushed before by the plain CLI", async () => {
    await using push = await preparePush(database);
    const pushed = await push.run();
    assert(pushed.success, pushed.said);
    assertEquals((await secrets(project)).phone_pool_functions_url, undefined);
    assert(await project.deploy(), project.said.join("\n"));
    await bothAreRight(project);
    assertEquals(
      said(project),
      "✓ database: written to Vault and read back: phone_pool_functions_url, phone_pool_secret",
    );
  });

  await t.step("the secret is gone", async () => {
    const before = await bothAreRight(project);
    await database.query("delete from vault.secrets where name = 'phone_pool_secret'");
    assert(await project.deploy());
    assertNotEquals(await bothAreRight(project), before);
    assertEquals(said(project), "✓ database: written to Vault and read back: phone_pool_secret");
  });

  await t.step("the functions have another address", async () => {
    const before = await bothAreRight(project);
    const address = new URL(project.variables.PHONE_POOL_FUNCTIONS_URL ?? "");
    address.hostname = "localhost";
    project.variables.PHONE_POOL_FUNCTIONS_URL = address.href;
    assertEquals(
      await project.step(migrations),
      "written to Vault and read back: phone_pool_functions_url",
    );
    assertEquals(await bothAreRight(project), before);
    assertStringIncludes(await project.step(smoke), "a nudge arrived and was answered 202");
  });

  const set = (value: string) =>
    `select vault.update_secret(id, '${value}') from vault.secrets where name = 'phone_pool_secret'`;
  const unfit: [what: string, sql: string][] = [
    ["empty", set("")],
    ["too short for the functions", set("short")],
    ["what the CLI could not resolve", set("env(PHONE_POOL_SECRET)")],
    [
      "encrypted with the key of another project",
      "update vault.secrets set secret = 'AAAA' where name = 'phone_pool_secret'",
    ],
  ];
  for (const [what, sql] of unfit) {
    await t.step(`a secret that is no good is written anew: ${what}`, async () => {
      const { phone_pool_secret: before } = await bothAreThere(project);
      await asSuperuser(project, sql);
      assertEquals(
        await project.step(migrations),
        "written to Vault and read back: phone_pool_secret",
      );
      assertNotEquals((await bothAreThere(project)).phone_pool_secret, before);
    });
  }

  await t.step("a slash at the end is no other address", async () => {
    project.variables.PHONE_POOL_FUNCTIONS_URL += "/";
    assertEquals(await project.step(migrations), "nothing to do");
  });

  await t.step("a Vault that does not keep what is written: it fails and says so", async () => {
    await asSuperuser(
      project,
      `create or replace function vault.update_secret(secret_id uuid, new_secret text default null,
         new_name text default null, new_description text default null, new_key_id uuid default null)
       returns void language sql as ''`,
    );
    project.variables.PHONE_POOL_FUNCTIONS_URL = "http://127.0.0.1:9/functions/v1";
    await assertRejects(
      () => project.step(migrations),
      Error,
      "Vault has another phone_pool_functions_url",
    );
  });
});
