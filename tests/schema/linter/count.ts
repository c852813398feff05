import { parseFunction, parseStatements } from "../../../supabase/local/sql/parse.ts";
import { fieldsOf, listOf, nodes } from "../../../supabase/local/sql/tree.ts";

/**
 * How many nodes PostgreSQL's parser makes of a file, function bodies included: the size of the SQL,
 * whatever its comments and line breaks are.
 */
export function countParseNodes(sql: string): number {
  const bytes = new TextEncoder().encode(sql);
  return listOf(parseStatements(sql)).reduce<number>((sum, statement) => {
    const { stmt, stmt_location, stmt_len } = fieldsOf(statement);
    const count = size(stmt);
    if (!("CreateFunctionStmt" in fieldsOf(stmt))) return sum + count;
    const from = Number(stmt_location ?? 0);
    const to = stmt_len === undefined ? bytes.length : from + Number(stmt_len);
    const body = parseFunction(new TextDecoder().decode(bytes.slice(from, to)));
    const statements = body.statements.map(({ tree }) => tree);
    return sum + count + size([body.procedure, ...statements]);
  }, 0);
}

const size = (tree: unknown): number => [...nodes(tree)].length;
