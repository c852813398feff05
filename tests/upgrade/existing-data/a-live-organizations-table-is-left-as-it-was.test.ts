import { readFile } from "node:fs/promises";
import { assert, assertEquals } from "../../support/assert.ts";
import type { TestDatabase } from "../../support/database.ts";
import { untilQuiet } from "../../deploy/support/state.ts";
import { createProject } from "../../deploy/support/project.ts";
import { startWriter, watchLocks } from "../support/lock-watch.ts";
import { shapeOf } from "../support/table-shape.ts";
import { ROOT } from "../../../supabase/local/stack/paths.ts";
import { schemaFiles } from "../../schema/migration/files.ts";

const SQL = await readFile(new URL("../support/application.sql", import.meta.url), "utf8");

/** The pool that is bought here, and what of it is kept back for new organizations. */
const MAX_NUMBERS = 12;
const LOW_WATER = 5;

/** Every name that a variable, an argument or a short alias has in the migrations. */
async function ourNames(): Promise<string[]> {
  const names = new Set<string>("abcdefghijklmnopqrstuvwxyz");
  for (const { sql } of await schemaFiles(ROOT)) {
    for (const [word] of sql.matchAll(/\b[pv]_[a-z_]+\b/g)) names.add(word);
  }
  return [...names].sort();
}

const prepare = async (database: TestDatabase) => {
  await database.query(SQL);
  // An application may call its columns as phone-pool calls its variables.
  const names = await ourNames();
  assert(names.includes("v_organization_id") && names.length > 150, names.join());
  await database.query(
    `alter table public.organizations ${
      names.map((name) => `add column if not exists ${name} text`).join(", ")
    }`,
  );
  await database.query(
    `create table public.before as
     select o.id, o.xmin::text::bigint as version, to_jsonb(o.*) as row from public.organizations o`,
  );
};

Deno.test("a live table of 50,000 organizations is left as it was, but for phone", async (t) => {
  await using project = await createProject(prepare);
  const { database } = project;
  project.variables.PHONE_POOL_MAX_NUMBERS = String(MAX_NUMBERS);
  const shape = await shapeOf(database);
  const writer = await startWriter(database);
  const watch = await watchLocks(database);
  assert(await project.deploy(), project.said.join("\n"));
  await untilQuiet(database);
  const lock = await watch.stop();
  const writes = await writer.stop();
  if (Deno.env.has("SHOW")) console.log(lock, writes, project.said.slice(-12).join("\n"));

  // Below 200 ms on a quiet machine (SHOW=1 prints it); a busy one starves whoever holds the lock.
  await t.step("nobody kept writers out for long", () => {
    assert(lock.milliseconds < 1000, `${lock.milliseconds} ms: ${lock.by}`);
    assert(writes.writes > 100, `${writes.writes} writes`);
  });

  await t.step(
    "columns, indexes, policies, grants, triggers and the file are the same",
    async () => {
      assertEquals(await shapeOf(database), shape);
    },
  );

  await t.step(
    "the oldest active organizations without a number got one, within the caps",
    async () => {
      const served = await database.query<{ name: string }>(
        `select o.name from public.organizations o join public.before b using (id)
       where o.phone is distinct from b.row ->> 'phone' order by o.created_at`,
      );
      const oldest = await database.query<{ name: string }>(
        `select row ->> 'name' as name from public.before
       where row ->> 'phone' is null and coalesce(row ->> 'subscription_status', '') <> 'canceled'
       order by row ->> 'created_at' limit $1`,
        [MAX_NUMBERS - LOW_WATER],
      );
      assertEquals(served, oldest);
      assert(project.said.some((line) => /\d+ have none yet: raise max_numbers/.test(line)));
    },
  );

  await t.step("no other row was written, and of those no other column", async () => {
    const rows = await database.query<{ name: string; changed: string[] }>(
      `select o.name, array(
         select n.key from jsonb_each(to_jsonb(o.*)) n
         where n.value is distinct from b.row -> n.key order by 1) as changed
       from public.organizations o join public.before b using (id)
       where o.xmin::text::bigint <> b.version`,
    );
    const others = rows.filter(({ name }) => name !== "Clinic 1");
    // updated_at is written by the application's own trigger.
    assertEquals(
      others.map(({ changed }) => changed.join()),
      others.map(() => "phone,updated_at"),
    );
    assertEquals(others.length, MAX_NUMBERS - LOW_WATER - 1);
    assertEquals(await database.query("select count(*)::int from public.organizations"), [
      { count: 50000 },
    ]);
  });

  await t.step("the application's migrations are in the history as they were", async () => {
    const rows = await database.query(
      `select version, name from supabase_migrations.schema_migrations
       where version in ('20240101000000', '20991231235959') order by version`,
    );
    assertEquals(rows, [
      { version: "20240101000000", name: "organizations" },
      { version: "20991231235959", name: "from_the_future" },
    ]);
  });

  await t.step("a new organization gets a number, whatever its columns are called", async () => {
    await database.query(
      `insert into public.organizations (name, slug, status, area_code)
       values ('Newcomer', 'newcomer', 'draft', '212')`,
    );
    const rows = await database.query(
      "select phone is not null as served from public.organizations where slug = 'newcomer'",
    );
    assertEquals(rows, [{ served: true }]);
  });

  await t.step("deleted and inserted again, it has its number again", async () => {
    const [row] = await database.query<Record<string, string>>(
      "delete from public.organizations where slug = 'newcomer' returning *",
    );
    const [{ digest } = { digest: null }] = await database.query<{ digest: string | null }>(
      `select deleted_as as digest from phone_pool.tenures
       where organization_id = $1 and not upper_inf(held)`,
      [row?.id],
    );
    assert(digest);
    await database.query(
      `insert into public.organizations (id, name, slug, status, area_code, created_at)
       select id, name, slug, status, area_code, created_at
       from jsonb_populate_record(null::public.organizations, $1)`,
      [JSON.stringify(row)],
    );
    const rows = await database.query(
      "select phone from public.organizations where slug = 'newcomer'",
    );
    assertEquals(rows, [{ phone: row?.phone }]);
  });

  await t.step("no sweep puts more of the others into the queue than can be served", async () => {
    await database.query("alter table public.organizations disable trigger user");
    const looked = async () => {
      const [row] = await database.query<{ queued: number }>(
        "select phone_pool.look_after_organizations(100000) as queued",
      );
      return row?.queued;
    };
    assertEquals(await looked(), 0);
    await database.query("update phone_pool.settings set max_numbers = max_numbers + 3");
    assertEquals([await looked(), await looked()], [2, 0]);
  });
});
