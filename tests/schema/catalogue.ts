import { FUNCTIONS, RELATIONS } from "../support/catalogue.ts";
import type { TestDatabase } from "../support/database.ts";
import { rightsMatrix } from "../security/support/matrix.ts";
import { schemaSnapshot } from "./snapshot.ts";

/** What the snapshot leaves out because it would say it at length. */
const COMMENTS = `
  select format('%s comment %s', c.name, obj_description(c.oid, 'pg_class')) as line
  from ${RELATIONS} c where obj_description(c.oid, 'pg_class') is not null
  union all
  select format('%s.%s comment %s', c.name, a.attname, col_description(c.oid, a.attnum))
  from ${RELATIONS} c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
  where col_description(c.oid, a.attnum) is not null
  union all
  select format('%s comment %s', f.signature, obj_description(f.oid, 'pg_proc'))
  from ${FUNCTIONS} f where obj_description(f.oid, 'pg_proc') is not null
  union all
  select format('trigger %s on %s fires %s', t.tgname, c.name, t.tgenabled)
  from ${RELATIONS} c join pg_trigger t on t.tgrelid = c.oid where not t.tgisinternal
  union all
  select format('%s options %s', c.name, array_to_string(c.reloptions, ', '))
  from ${RELATIONS} c where c.reloptions is not null`;

/** The tables whose rows come with the schema; what is written while it runs is none of it. */
const LOOKUP_TABLES = ["alert_kinds", "area_codes", "errors", "refused_area_codes"]
  .concat(["refused_exchanges", "settings"]);

/** All that a schema is, line by line, each with the object that it belongs to. */
export async function catalogue(db: TestDatabase): Promise<string[]> {
  let object = "";
  const lines = (await schemaSnapshot(db)).split("\n").map((line) => {
    if (!line.startsWith(" ")) object = line;
    return `${object} ${line.trim()}`;
  });
  lines.push(...(await rightsMatrix(db)).split("\n"));
  for (const { line } of await db.query<{ line: string }>(COMMENTS)) lines.push(line);
  for (const table of LOOKUP_TABLES) {
    const rows = await db.query<{ line: string }>(
      `select format('row of ${table} %s', to_jsonb(t) - 'updated_at') as line
       from phone_pool.${table} t`,
    );
    lines.push(...rows.map(({ line }) => line));
  }
  return lines;
}

/** "- " is missing in what was found, "+ " is too much. */
export function difference(wanted: string[], found: string[]): string[] {
  const [here, there] = [new Set(wanted), new Set(found)];
  return [
    ...wanted.filter((line) => !there.has(line)).map((line) => `- ${line}`),
    ...found.filter((line) => !here.has(line)).map((line) => `+ ${line}`),
  ];
}
