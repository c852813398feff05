import type { TestDatabase } from "../../support/database.ts";
import { catalogue, difference } from "../../schema/catalogue.ts";
import { applied } from "../../schema/migration/difference.ts";
import { migrationFiles } from "../../schema/migration/files.ts";
import { readReleased } from "../../schema/migration/released.ts";

/** By functions that the first release has: numbers and organizations in every state. */
const DATA = [
  `select public.import_phone_number('+1212555' || lpad(n::text, 4, '0'), 'number-' || n)
   from generate_series(100, 109) n`,
  `insert into public.organizations (name, slug, subscription_status)
   select 'Clinic ' || n, 'clinic-' || n, 'active' from generate_series(1, 8) n`,
  `select public.unassign_phone_number(id, 'left') from public.organizations
   where name in ('Clinic 1', 'Clinic 2')`,
  `select public.retire_phone_number('+12125550109', 'too many calls')`,
  `delete from public.organizations where name = 'Clinic 3'`,
  `insert into public.organizations (name, slug, settings)
   select 'Far ' || n, 'far-' || n, '{"area_code": "907"}' from generate_series(1, 2) n`,
];

const FACTS = [
  `select format('number %s %s %s', phone_number, status, organization_id) as line
   from public.phone_numbers`,
  `select format('tenure %s %s %s', organization_id, held, quarantine_until) as line
   from phone_pool.tenures`,
];

/**
 * Upgrades a release, with data, to the migrations that are in `root` now.
 * @returns what differs from a new project ("- " is missing, "+ " is too much), and which data are
 * not as they were
 */
export async function upgradeDifferences(root: string, release: string): Promise<string[]> {
  const files = await migrationFiles(root);
  const released = await filesOf(root, release);
  await using fresh = await applied(root, files);
  await using upgraded = await applied(root, released);
  for (const sql of DATA) await upgraded.query(sql);
  const before = await facts(upgraded);
  for (const file of files.filter((file) => !released.includes(file))) {
    await upgraded.query(await Deno.readTextFile(`${root}/migrations/${file}`));
  }
  return [
    ...difference(before, await facts(upgraded)),
    ...difference(await catalogue(fresh), await catalogue(upgraded)),
  ];
}

/** The migrations that a release has: its own and those of the releases before. */
async function filesOf(root: string, release: string): Promise<string[]> {
  const released = await readReleased(root);
  const last = released.findLastIndex((one) => one.release === release);
  return released.slice(0, last + 1).map(({ file }) => file);
}

async function facts(database: TestDatabase): Promise<string[]> {
  const lines = [];
  for (const sql of FACTS) lines.push(...await database.query<{ line: string }>(sql));
  return lines.map(({ line }) => line);
}
