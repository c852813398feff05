import { assertEquals } from "../../support/assert.ts";
import { ROOT } from "../../../supabase/local/stack/paths.ts";
import { brokenPromises, readReleased, release } from "../../schema/migration/released.ts";

const released = await readReleased(ROOT);

Deno.test({
  name: "released migrations are as they were released",
  ignore: released.length === 0,
  fn: async () => assertEquals(await brokenPromises(ROOT), []),
});

Deno.test("a changed, a removed and an inserted migration are found; a new one is fine", async () => {
  const root = await Deno.makeTempDir();
  const write = (name: string, text: string) =>
    Deno.writeTextFile(`${root}/migrations/${name}.sql`, text);
  await Deno.mkdir(`${root}/migrations`);
  for (const number of [10, 20, 30]) await write(`${number}_x`, `select ${number};`);
  await release(root, "1.0.0");
  await write("40_new", "select 40;");
  assertEquals(await brokenPromises(root), []);
  await release(root, "1.1.0");
  assertEquals((await readReleased(root)).map(({ release, file }) => [release, file]), [
    ["1.0.0", "10_x.sql"],
    ["1.0.0", "20_x.sql"],
    ["1.0.0", "30_x.sql"],
    ["1.1.0", "40_new.sql"],
  ]);

  await write("10_x", "select 11;");
  await Deno.remove(`${root}/migrations/20_x.sql`);
  await write("25_between", "select 25;");
  assertEquals(await brokenPromises(root), [
    "migrations/10_x.sql of 1.0.0 was changed",
    "migrations/20_x.sql of 1.0.0 is gone",
    "migrations/25_between.sql comes before one of 1.1.0",
  ]);
  await Deno.remove(root, { recursive: true });
});
