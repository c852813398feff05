import { assert, assertEquals, assertNotEquals, assertRejects } from "../../support/assert.ts";
import { createProject, type Project } from "../support/project.ts";

const inVault = async ({ database }: Project) =>
  (await database.query<{ secret: string }>(
    `select decrypted_secret as secret from vault.decrypted_secrets
     where name = 'phone_pool_secret'`,
  ))[0]?.secret;

/** What the functions would let in now. */
const accepted = ({ api }: Project) =>
  ["PHONE_POOL_SECRET", "PHONE_POOL_SECRET_PREVIOUS"].map((name) => api.secrets.get(name));

Deno.test("the shared secret is rotated without a moment in which nudges are refused", async (t) => {
  await using project = await createProject();
  assert(await project.deploy(), project.said.join("\n"));
  const first = await inVault(project);

  await t.step("half way, both are accepted and the new one is sent", async () => {
    await assertRejects(() =>
      project.deploy({ rotateSecret: true }, (name) => {
        if (name === "rotation") throw new Error("interrupted");
      })
    );
    assertNotEquals(await inVault(project), first);
    assertEquals(accepted(project), [await inVault(project), first]);
  });

  await t.step("the next run forgets the previous one, once a nudge has arrived", async () => {
    assert(await project.deploy());
    assertEquals(accepted(project), [await inVault(project), undefined]);
  });

  await t.step("a rotation whose second half failed keeps what Postgres sends", async () => {
    const current = await inVault(project);
    project.api.failNext(/POST \/secrets/);
    await assertRejects(() => project.deploy({ rotateSecret: true }));
    assertEquals(await inVault(project), current);
    assert(accepted(project).includes(current));
    assert(await project.deploy());
    assertEquals(accepted(project), [current, undefined]);
  });
});
