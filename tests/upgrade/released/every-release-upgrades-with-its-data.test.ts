import { cp } from "node:fs/promises";
import { assertEquals } from "../../support/assert.ts";
import { inRoot, ROOT } from "../../../supabase/local/stack/paths.ts";
import { migrationFiles } from "../../schema/migration/files.ts";
import { brokenPromises, readReleased, release } from "../../schema/migration/released.ts";
import { upgradeDifferences } from "../support/upgrade.ts";

const releases = new Set((await readReleased(ROOT)).map(({ release }) => release));

Deno.test({
  name: "each release, with data in every state, upgrades to what a new project has",
  ignore: releases.size === 0,
  fn: async (t) => {
    for (const version of releases) {
      await t.step(version, async () => assertEquals(await upgradeDifferences(ROOT, version), []));
    }
  },
});

const LATER = `
  create table phone_pool.of_this_test (id bigint constraint of_this_test_pkey primary key);
  alter table public.phone_numbers add of_this_test text;`;
const LOSS = `
  select public.unassign_phone_number(id, 'lost') from public.organizations where name = 'Clinic 4'`;

Deno.test("were these migrations the first release, an upgrade would be held to them", async (t) => {
  const directory = await Deno.makeTempDir();
  const write = (name: string, text: string) =>
    Deno.writeTextFile(`${directory}/migrations/${name}`, text);
  try {
    await cp(inRoot("migrations"), `${directory}/migrations`, { recursive: true });
    await Deno.remove(`${directory}/migrations/released.txt`).catch(() => {});
    await release(directory, "1.0.0");
    await write("99991231235959_later.sql", LATER);

    await t.step("a later migration upgrades it", async () => {
      assertEquals(await upgradeDifferences(directory, "1.0.0"), []);
    });
    await t.step("one that changes the data is found", async () => {
      await write("99991231235959_later.sql", LOSS);
      const found = await upgradeDifferences(directory, "1.0.0");
      assertEquals(found.map((line) => line.split(" ", 2).join(" ")), [
        "- number",
        "- tenure",
        "+ number",
        "+ tenure",
      ]);
    });
    await t.step("an edit of a released file is found", async () => {
      await write("99991231235959_later.sql", LATER);
      const [file] = await migrationFiles(directory);
      const path = `${directory}/migrations/${file}`;
      const text = await Deno.readTextFile(path);
      await Deno.writeTextFile(path, text.replace("low_water int not null default 5", "$&0"));
      assertEquals(await brokenPromises(directory), [`migrations/${file} of 1.0.0 was changed`]);
    });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
