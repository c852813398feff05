import { parseFunction, parseStatements } from "../../../supabase/local/sql/parse.ts";
import type { ParsedFunction, Statement } from "../../../supabase/local/sql/parse.ts";
import type { CatalogueNames } from "./catalogue.ts";
import { readDynamic } from "./dynamic.ts";
import { RULES } from "./rules.ts";

/** What a rule looks at. */
export interface Linted extends ParsedFunction {
  names: CatalogueNames;
  /** All SQL of the body: statements, types, and what is built when it runs, as far as it is known. */
  sql: Statement[];
}

export interface Finding {
  line: number;
  what: string;
}

/** What is wrong with one function: `line 3: update without where`, by rule. */
export function lint(definition: string, names: CatalogueNames): Map<string, string[]> {
  const parsed = parseFunction(definition);
  const built = parsed.dynamic.flatMap(({ line, tree }) => {
    const text = readDynamic(tree);
    return text === undefined ? [] : [{ line, tree: parseStatements(text) }];
  });
  const sql = [...parsed.statements, ...parsed.types, ...built];
  const linted: Linted = { ...parsed, names, sql };
  const found = new Map<string, string[]>();
  for (const [rule, check] of Object.entries(RULES)) {
    const lines = [...check(linted)].map(({ line, what }) => `line ${line}: ${what}`);
    if (lines.length > 0) found.set(rule, [...new Set(lines)]);
  }
  return found;
}
