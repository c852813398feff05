import { cp } from "node:fs/promises";
import { assert, assertEquals } from "../../support/assert.ts";
import { inRoot } from "../../../supabase/local/stack/paths.ts";
import { FIRST_RELEASE, release, releases } from "../support/releases.ts";
import { upgradeDifferences } from "../support/upgrade.ts";

const tags = await releases(inRoot());

Deno.test({
  name: "each release, with data in every state, upgrades to what a new project has",
  ignore: tags.length === 0,
  fn: async (t) => {
    for (const tag of tags) {
      await t.step(tag, async () => assertEquals(await upgradeDifferences(inRoot(), tag), []));
    }
  },
});

const LATER = `
  create table phone_pool.of_this_test (id bigint constraint of_this_test_pkey primary key);
  alter table public.phone_numbers add of_this_test text;`;
const LOSS = `
  select public.release_phone_number(id, 'lost') from public.organizations where name = 'Clinic 4'`;

Deno.test("were these migrations the first release, an upgrade would be held to them", async (t) => {
  const directory = await Deno.makeTempDir();
  const write = (name: string, text: string) =>
    Deno.writeTextFile(`${directory}/migrations/${name}`, text);
  try {
    await cp(inRoot("migrations"), `${directory}/migrations`, { recursive: true });
    await release(directory, FIRST_RELEASE);
    await write("99991231235959_later.sql", LATER);

    await t.step("a later migration upgrades it", async () => {
      assertEquals(await upgradeDifferences(directory, FIRST_RELEASE), []);
    });
    await t.step("one that changes the data is found", async () => {
      await write("99991231235959_later.sql", LOSS);
      const found = await upgradeDifferences(directory, FIRST_RELEASE);
      assertEquals(found.map((line) => line.split(" ", 2).join(" ")), [
        "- number",
        "- tenure",
        "+ number",
        "+ tenure",
      ]);
    });
    await t.step("an edit of a released file is found", async () => {
      await write("99991231235959_later.sql", LATER);
      const path = `${directory}/migrations/20261120000400_settings.sql`;
      const text = await Deno.readTextFile(path);
      await Deno.writeTextFile(path, text.replace("low_water int not null default 5", "$&0"));
      const found = await upgradeDifferences(directory, FIRST_RELEASE);
      assertEquals(found.length, 2, found.join("\n"));
      assert(found.every((line) => line.includes("settings column low_water")), found.join("\n"));
    });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
