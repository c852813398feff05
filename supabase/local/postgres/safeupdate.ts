/**
 * Stand-in for pg-safeupdate, which the platform loads into every session of authenticator: an UPDATE
 * or DELETE without WHERE is refused, also inside a function or trigger, whoever owns it. The library
 * hooks into the server's parser and comes for no embedded server, so the statements are parsed here.
 */
import pg from "pg";
import { parseFunction, parseStatements } from "../sql/parse.ts";
import { fieldsOf, nodes } from "../sql/tree.ts";

/** The error with which pg-safeupdate refuses one of these statements, or nothing. */
export function unsafeStatement(sql: string): pg.DatabaseError | undefined {
  // Most statements need no parser.
  if (!/\b(update|delete)\b/i.test(sql)) return undefined;
  const verb = unsafeVerb(parsed(sql));
  return verb && refusal(verb);
}

/** What the parser does not understand, the server is left to refuse in its own words. */
function parsed(sql: string): unknown {
  try {
    return parseStatements(sql);
  } catch {
    return [];
  }
}

/** Functions that do what pg-safeupdate refuses: oid to error. Ours and the application's. */
export async function unsafeFunctions(
  database: Pick<pg.Client, "query">,
): Promise<Map<string, pg.DatabaseError>> {
  const { rows } = await database.query<{ oid: string; definition: string }>(
    `select p.oid::text as oid, pg_get_functiondef(p.oid) as definition
     from pg_catalog.pg_proc p join pg_catalog.pg_language l on l.oid = p.prolang
     where p.prokind in ('f', 'p') and l.lanname in ('sql', 'plpgsql')
       and p.prosrc ~* '\\m(update|delete)\\M'
       and p.pronamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
       and not exists (select from pg_catalog.pg_depend d
         where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')`,
  );
  const found = new Map<string, pg.DatabaseError>();
  for (const { oid, definition } of rows) {
    const { statements, dynamic } = parseFunction(definition);
    const verb = statements.map(({ tree }) => unsafeVerb(tree)).find(Boolean) ??
      dynamic.map(({ tree }) => unsafeText(tree)).find(Boolean);
    if (verb) found.set(oid, refusal(verb));
  }
  return found;
}

export type Verb = "UPDATE" | "DELETE";

/** The verb of a statement in the tree that has no WHERE. */
export function unsafeVerb(tree: unknown): Verb | undefined {
  for (const { kind, fields } of nodes(tree)) {
    const isUnsafe = kind === "UpdateStmt" || kind === "DeleteStmt";
    if (isUnsafe && !fields.whereClause) return kind === "UpdateStmt" ? "UPDATE" : "DELETE";
  }
}

/** The same for a statement that is built when it runs, as far as the constants in it tell. */
export function unsafeText(expression: unknown): Verb | undefined {
  const constants = [...nodes(expression)]
    .flatMap(({ kind, fields }) => kind === "A_Const" ? [fieldsOf(fields.sval).sval] : []);
  const text = constants.filter((constant) => typeof constant === "string").join(" ");
  const verb = text.match(/\b(update\b.*\bset|delete\s+from)\b/is)?.[1];
  if (!verb || /\bwhere\b/i.test(text)) return undefined;
  return /^update/i.test(verb) ? "UPDATE" : "DELETE";
}

function refusal(verb: Verb): pg.DatabaseError {
  const error = new pg.DatabaseError(`${verb} requires a WHERE clause`, 0, "error");
  return Object.assign(error, { severity: "ERROR", code: "21000" });
}
