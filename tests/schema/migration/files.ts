import { dirname, join } from "node:path";

/** What psql calls an include: `\ir ground/errors.sql`, relative to the file that says it. */
const INCLUDE = /^\\ir (\S+)$/gm;

/** Touches the application's table: a migration of its own, applied last. */
export const ATTACH = "attach.sql";

export interface SchemaFile {
  /** Below migrations/schema. */
  name: string;
  sql: string;
}

/** The files of migrations/schema in the order of its all.sql. */
export async function schemaFiles(root: string): Promise<SchemaFile[]> {
  const all = join(root, "migrations", "schema", "all.sql");
  const names = (await Deno.readTextFile(all)).matchAll(INCLUDE).map(([, name]) => name ?? "");
  return await Promise.all([...names].map(async (name) => ({
    name,
    sql: await Deno.readTextFile(join(dirname(all), name)),
  })));
}

/** The SQL files that are there, whether all.sql includes them or not. */
export async function sqlFilesBelow(folder: string, below = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(join(folder, below))) {
    const path = below ? `${below}/${name}` : name;
    if (isDirectory) found.push(...await sqlFilesBelow(folder, path));
    else if (name.endsWith(".sql")) found.push(path);
  }
  return found.sort();
}

/** The migrations of a repository, in the order in which they are applied. */
export async function migrationFiles(root: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isFile } of Deno.readDir(join(root, "migrations"))) {
    if (isFile && name.endsWith(".sql")) found.push(name);
  }
  return found.sort();
}
