import { assertEquals } from "../../support/assert.ts";
import { inRoot } from "../../../supabase/local/stack/paths.ts";
import { brokenPromises, FIRST_RELEASE, release, releases } from "../support/releases.ts";

const tags = await releases(inRoot());

Deno.test({
  name: `released migrations are as they were released (from ${FIRST_RELEASE} on)`,
  ignore: tags.length === 0,
  fn: async () => assertEquals(await brokenPromises(inRoot(), tags), []),
});

Deno.test("a changed, a removed and an inserted migration are found; a new one is fine", async () => {
  const directory = await Deno.makeTempDir();
  const write = (name: string, text: string) =>
    Deno.writeTextFile(`${directory}/migrations/${name}.sql`, text);
  await Deno.mkdir(`${directory}/migrations`);
  for (const number of [10, 20, 30]) await write(`${number}_x`, `select ${number};`);
  await release(directory, FIRST_RELEASE);
  assertEquals(await releases(directory), [FIRST_RELEASE]);
  await write("40_new", "select 40;");
  assertEquals(await brokenPromises(directory, [FIRST_RELEASE]), []);

  await write("10_x", "select 11;");
  await Deno.remove(`${directory}/migrations/20_x.sql`);
  await write("25_between", "select 25;");
  assertEquals(await brokenPromises(directory, [FIRST_RELEASE]), [
    "migrations/10_x.sql of v1.0.0 was changed",
    "migrations/20_x.sql of v1.0.0 is gone",
    "migrations/25_between.sql comes before one of v1.0.0",
  ]);
  await Deno.remove(directory, { recursive: true });
});
