import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { schemaSnapshot } from "../../schema/snapshot.ts";
import { rightsMatrix } from "../../security/support/matrix.ts";
import { git, migrationsOf } from "./releases.ts";

/** By functions that the first release has: numbers and organizations in every state. */
const DATA = [
  `select public.import_phone_number('+1212555' || lpad(n::text, 4, '0'), 'number-' || n)
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

const FACTS = [
  `select format('number %s %s %s', phone_number, status, organization_id) as line
   from public.phone_numbers`,
  `select format('tenure %s %s %s', organization_id, held, quarantine_until) as line
   from phone_pool.tenures`,
];

/**
 * Upgrades a release, with data, to the migrations that are in `directory` now.
 * @returns what differs from a new project ("- " is missing, "+ " is too much), and which data are
 * not as they were
 */
export async function upgradeDifferences(directory: string, tag: string): Promise<string[]> {
  const released = (await migrationsOf(directory, tag)).map(({ path }) => path).sort();
  await using fresh = await createTestDatabase({ bare: true });
  for (const path of await migrationsIn(directory)) await apply(fresh, directory, path);

  await using upgraded = await createTestDatabase({ bare: true });
  for (const path of released) {
    await upgraded.query(await git(directory, ["show", `${tag}:${path}`]));
  }
  for (const sql of DATA) await upgraded.query(sql);
  const before = await facts(upgraded);
  for (const path of await migrationsIn(directory)) {
    if (!released.includes(path)) await apply(upgraded, directory, path);
  }
  return [
    ...difference(before, await facts(upgraded)),
    ...difference(await shape(fresh), await shape(upgraded)),
  ];
}

async function migrationsIn(directory: string): Promise<string[]> {
  const paths = [];
  for await (const { name } of Deno.readDir(`${directory}/migrations`)) {
    if (name.endsWith(".sql")) paths.push(`migrations/${name}`);
  }
  return paths.sort();
}

const apply = async (database: TestDatabase, directory: string, path: string) =>
  database.query(await Deno.readTextFile(`${directory}/${path}`));

async function facts(database: TestDatabase): Promise<string[]> {
  const lines = [];
  for (const sql of FACTS) lines.push(...await database.query<{ line: string }>(sql));
  return lines.map(({ line }) => line);
}

/** Each line with the object that it belongs to, so that it can be told from the others. */
async function shape(database: TestDatabase): Promise<string[]> {
  let object = "";
  const schema = (await schemaSnapshot(database)).split("\n").map((line) => {
    if (!line.startsWith(" ")) object = line;
    return `${object} ${line.trim()}`;
  });
  return [...schema, ...(await rightsMatrix(database)).split("\n")];
}

function difference(wanted: string[], found: string[]): string[] {
  return [
    ...wanted.filter((line) => !found.includes(line)).map((line) => `- ${line}`),
    ...found.filter((line) => !wanted.includes(line)).map((line) => `+ ${line}`),
  ];
}
