import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";
import { inRoot } from "../../supabase/local/stack/paths.ts";
import { writeAll } from "./migration/build.ts";
import { writeDifference } from "./migration/difference.ts";
import { release } from "./migration/released.ts";

const RELEASED_AT = new Date("2026-12-01T00:00:00Z");
const LATER = new Date("2026-12-02T03:04:05Z");

/** A copy of the migrations, built and released as 1.0.0. */
async function released(): Promise<string> {
  const root = await Deno.makeTempDir({ prefix: "phone-pool-migration-" });
  await mkdir(join(root, "migrations"));
  await cp(inRoot("migrations", "schema"), join(root, "migrations", "schema"), { recursive: true });
  await writeAll(root, RELEASED_AT);
  await release(root, "1.0.0");
  return root;
}

async function edit(root: string, file: string, from: string, to: string): Promise<void> {
  const path = join(root, "migrations", "schema", file);
  const text = await Deno.readTextFile(path);
  assert(text.includes(from), `${file} has no "${from}"`);
  await Deno.writeTextFile(path, text.replace(from, () => to));
}

Deno.test("a change of the schema becomes a migration", async (t) => {
  const root = await released();
  try {
    await t.step("no change, no migration", async () => {
      await assertRejects(() => writeDifference(root, "nothing", LATER), Error, "nothing to write");
    });

    await t.step("a setting, its comment, a view and a function", async () => {
      await edit(
        root,
        "ground/settings.sql",
        "  low_water int not null",
        "  of_this_test int not null default 7\n" +
          "    constraint settings_of_this_test_is_positive check (of_this_test > 0),\n" +
          "  low_water int not null",
      );
      await edit(
        root,
        "pool/backfill.sql",
        "create function public.backfill_organizations",
        `create function phone_pool.of_this_test()
returns int
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select s.of_this_test from phone_pool.settings s;
$$;
comment on function phone_pool.of_this_test() is 'The setting of this test.';

create function public.backfill_organizations`,
      );
      const { file, missing } = await writeDifference(root, "of_this_test", LATER);
      assertEquals(file, "20261202030405_phone_pool_of_this_test.sql");
      assertEquals(missing, []);
    });

    await t.step("what the tool does not write is said", async () => {
      await edit(
        root,
        "ground/errors.sql",
        "insert into phone_pool.errors",
        "-- A row of a lookup table.\ninsert into phone_pool.errors",
      );
      await edit(
        root,
        "operating/alert_kinds.sql",
        "('pool_low', 'warning'",
        "('pool_low', 'critical'",
      );
      const { missing } = await writeDifference(root, "a_row", LATER);
      assert(
        missing.length === 2 && missing.every((line) => /row of alert_kinds/.test(line)),
        missing.join("\n"),
      );
    });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
