import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { inRoot } from "../../../supabase/local/stack/paths.ts";
import { schemaSnapshot } from "../../schema/snapshot.ts";
import { git, migrationsOf, releases } from "../support/releases.ts";

const tags = await releases(inRoot());

/** By functions that the first release has: numbers and organizations in every state. */
const DATA = [
  `select public.add_phone_number('+1212555' || lpad(n::text, 4, '0'), 'number-' || n)
   from generate_series(100, 109) n`,
  `insert into public.organizations (name, slug, subscription_status)
   select 'Clinic ' || n, 'clinic-' || n, 'active' from generate_series(1, 8) n`,
  `select public.release_phone_number(id, 'left') from public.organizations
   where name in ('Clinic 1', 'Clinic 2')`,
  `select public.retire_phone_number('+12125550109', 'too many calls')`,
  `delete from public.organizations where name = 'Clinic 3'`,
  `insert into public.organizations (name, slug, settings)
   select 'Far ' || n, 'far-' || n, '{"area_code": "907"}' from generate_series(1, 2) n`,
];

const FACTS = `select phone_number, status, organization_id from public.phone_numbers order by 1`;
const TENURES =
  `select organization_id, held, quarantine_until from phone_pool.tenures order by id`;

Deno.test({
  name: "each release, with data in every state, upgrades to what a new project has",
  ignore: tags.length === 0,
  fn: async (t) => {
    await using fresh = await createTestDatabase();
    const wanted = await schemaSnapshot(fresh);
    for (const tag of tags) {
      await t.step(tag, async () => {
        await using db = await createTestDatabase({ bare: true });
        const released = (await migrationsOf(inRoot(), tag)).map(({ path }) => path).sort();
        for (const path of released) {
          await db.query(await git(inRoot(), ["show", `${tag}:${path}`]));
        }
        for (const sql of DATA) await db.query(sql);
        const before = [await db.query(FACTS), await db.query(TENURES)];
        await applyNew(db, new Set(released));
        assertEquals([await db.query(FACTS), await db.query(TENURES)], before);
        assertEquals(await schemaSnapshot(db), wanted);
      });
    }
  },
});

async function applyNew(db: TestDatabase, known: Set<string>): Promise<void> {
  const names = [];
  for await (const { name } of Deno.readDir(inRoot("migrations"))) {
    if (name.endsWith(".sql") && !known.has(`migrations/${name}`)) names.push(name);
  }
  for (const name of names.sort()) {
    await db.query(await Deno.readTextFile(inRoot("migrations", name)));
  }
}
