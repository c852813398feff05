import pg from "pg";

/** Runs a file of statements; an error names the file, the line and what Postgres said. */
export async function runSqlFile(client: pg.Client, name: string, sql: string): Promise<void> {
  try {
    await client.query(sql);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    throw new Error(describe(name, sql, error));
  }
}

function describe(name: string, sql: string, error: pg.DatabaseError): string {
  const lines = [`${name}${position(sql, error)}: ${error.message} (SQLSTATE ${error.code})`];
  if (error.detail) lines.push(`detail: ${error.detail}`);
  if (error.hint) lines.push(`hint: ${error.hint}`);
  if (error.internalQuery) lines.push(`query: ${error.internalQuery.trim()}`);
  if (error.where) lines.push(`where: ${error.where}`);
  return lines.join("\n  ");
}

// Postgres counts characters from the start of the text that was sent: the whole file.
function position(sql: string, error: pg.DatabaseError): string {
  if (!error.position) return "";
  const before = [...sql].slice(0, Number(error.position) - 1).join("").split("\n");
  return `:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}
