import { assert, assertEquals } from "../../support/assert.ts";
import { createProject, type Project } from "../support/project.ts";

Deno.test("the way out stops assignment and keeps everything; deploying again turns it on", async (t) => {
  await using project = await createProject();
  const { database } = project;
  const insert = async (name: string) =>
    (await database.query<{ phone: string | null }>(
      `with inserted as (
         insert into public.organizations (name, slug) values ($1, $1) returning id)
       select id from inserted`,
      [name],
    ).then(() =>
      database.query<{ phone: string | null }>(
        "select phone from public.organizations where name = $1",
        [name],
      )
    ))[0]?.phone ?? null;

  assert(await project.deploy(), project.said.join("\n"));
  // Nothing is bought while the test looks.
  await database.query("update phone_pool.settings set low_water = 0");
  const held = await insert("before");
  assert(held !== null);

  await t.step("a dry run of it changes nothing", async () => {
    await project.deploy({ remove: true, dryRun: true });
    assert(await insert("dry") !== null);
  });

  await t.step("numbers are listed, and nothing is deleted", async () => {
    const numbers = await database.query("select * from public.phone_numbers order by id");
    project.said.length = 0;
    assert(await project.deploy({ remove: true }));
    assert(project.said.some((line) => line.includes(held)));
    assertEquals(await database.query("select * from public.phone_numbers order by id"), numbers);
    assertEquals(stillRented(project), numbers.length);
  });

  await t.step("a new organization gets none and is not harmed", async () => {
    assertEquals(await insert("after"), null);
  });

  await t.step("an organization that has a number can still be deleted", async () => {
    await database.query("delete from public.organizations where name = 'before'");
  });

  await t.step("no job runs any more", async () => {
    assertEquals(await database.query("select jobname from cron.job where active"), []);
  });

  await t.step("deploying again serves who came meanwhile", async () => {
    assert(await project.deploy());
    const rows = await database.query(
      "select name from public.organizations where phone is null",
    );
    assertEquals(rows, []);
    assert(await insert("again") !== null);
  });
});

const stillRented = ({ carriers }: Project) =>
  [...carriers.telnyx.state.numbers.values()].filter(({ deletedAt }) => deletedAt === null).length;
