import { loadModule, parsePlPgSQLSync, parseSync } from "libpg-query";
import { type Fields, fieldsOf, listOf, nodes } from "./tree.ts";

await loadModule();

/** SQL in the body of a function; `line` counts from the body's beginning, as PostgreSQL does. */
export interface Statement {
  line: number;
  /** What libpg-query made of it; an expression of PL/pgSQL is the one column of a SELECT. */
  tree: unknown;
}

/** SQL that PL/pgSQL builds when it runs: the expression that gives its text. */
export interface DynamicStatement extends Statement {
  /** Whether values are passed by USING. */
  hasValues: boolean;
}

export interface ParsedFunction {
  /** What `create function` says before the body, such as `volatility` or `security`. */
  options: ReadonlyMap<string, string>;
  /** Its own search_path; undefined where it has its caller's. */
  searchPath?: string[];
  statements: Statement[];
  dynamic: DynamicStatement[];
  /** Types of the declared variables. */
  types: Statement[];
  /** What PL/pgSQL made of the body, where that is its language. */
  procedure?: unknown;
}

/** The tree of any number of statements; throws an error with PostgreSQL's own words. */
export function parseStatements(sql: string): unknown {
  return parseSync(sql).stmts ?? [];
}

/**
 * A function in SQL or PL/pgSQL; one in another language seems to have an empty body.
 * @param definition `create function …`, as pg_get_functiondef() writes it
 */
export function parseFunction(definition: string): ParsedFunction {
  const { options, searchPath, body } = parseHead(definition);
  const parsed: ParsedFunction = { options, searchPath, statements: [], dynamic: [], types: [] };
  if (options.get("language") === "sql") parsed.statements = parseSqlBody(body);
  if (options.get("language") === "plpgsql") {
    // libpg-query knows the fields of a variable only where its type is not called a row's.
    parsed.procedure = parsePlPgSQLSync(definition.replaceAll(/%rowtype\b/gi, ""));
    collect(parsed.procedure, 1, parsed);
  }
  return parsed;
}

function parseHead(definition: string) {
  const created = [...nodes(parseStatements(definition))]
    .find(({ kind }) => kind === "CreateFunctionStmt");
  const options = new Map<string, string>();
  let searchPath: string[] | undefined;
  let body = "";
  for (const option of listOf(created?.fields.options)) {
    const { defname, arg } = fieldsOf(fieldsOf(option).DefElem);
    const setting = fieldsOf(fieldsOf(arg).VariableSetStmt);
    if (defname === "as") body = textOf(listOf(fieldsOf(fieldsOf(arg).List).items)[0]);
    else if (setting.name === "search_path") {
      searchPath = listOf(setting.args).map(textOf).filter(Boolean);
    } else options.set(String(defname), textOf(arg).toLowerCase());
  }
  return { options, searchPath, body };
}

/** The text of a constant. */
function textOf(node: unknown): string {
  const { String: name, A_Const: constant, Boolean: truth } = fieldsOf(node);
  if (truth !== undefined) return String(fieldsOf(truth).boolval ?? false);
  return String(fieldsOf(name).sval ?? fieldsOf(fieldsOf(constant).sval).sval ?? "");
}

function parseSqlBody(body: string): Statement[] {
  const bytes = new TextEncoder().encode(body);
  return listOf(parseStatements(body)).map((statement) => {
    const { stmt, stmt_location } = fieldsOf(statement);
    const before = new TextDecoder().decode(bytes.slice(0, Number(stmt_location ?? 0)));
    const blank = body.slice(before.length).match(/^(\s|--.*)*/)?.[0] ?? "";
    return { line: lineAt(before + blank), tree: stmt };
  });
}

const lineAt = (before: string) => before.split("\n").length;

function collect(tree: unknown, outerLine: number, parsed: ParsedFunction): void {
  if (Array.isArray(tree)) {
    for (const item of tree) collect(item, outerLine, parsed);
    return;
  }
  const fields = fieldsOf(tree);
  const line = typeof fields.lineno === "number" ? fields.lineno : outerLine;
  for (const [name, value] of Object.entries(fields)) {
    const inner = fieldsOf(value);
    if (name === "PLpgSQL_expr") {
      parsed.statements.push({ line, tree: parseExpression(inner) });
    } else {
      if (/^PLpgSQL_(var|rec)$/.test(name)) collectType(inner, parsed);
      if (name.startsWith("PLpgSQL_stmt_")) collectDynamic(name, inner, parsed);
      collect(value, line, parsed);
    }
  }
}

/** Only a variable that the body declares has a line: parameters and `found` have none. */
function collectType(variable: Fields, parsed: ParsedFunction): void {
  const { lineno, isconst, refname } = variable;
  const type = fieldsOf(fieldsOf(variable.datatype).PLpgSQL_type).typname;
  if (typeof lineno !== "number" || typeof type !== "string") return;
  if (isconst && /^sql(state|errm)$/.test(String(refname))) return;
  parsed.types.push({ line: lineno, tree: parseType(type) });
}

// The type of a column is looked up by the name of its table.
function parseType(type: string): unknown {
  const table = type.match(/^(.*)\.[^.]*%type$/i)?.[1];
  return parseStatements(table ? `table ${table}` : `select null::${type}`);
}

function collectDynamic(name: string, statement: Fields, parsed: ParsedFunction): void {
  const isExecute = /^PLpgSQL_stmt_dyn(execute|fors)$/.test(name);
  const expression = fieldsOf(isExecute ? statement.query : statement.dynquery).PLpgSQL_expr;
  if (expression === undefined) return;
  parsed.dynamic.push({
    line: Number(statement.lineno ?? 1),
    tree: parseExpression(fieldsOf(expression)),
    hasValues: listOf(statement.params).length > 0,
  });
}

/** PL/pgSQL's parse modes: 0 a statement, 1 a type, 2 an expression, from 3 on an assignment. */
function parseExpression({ query, parseMode }: Fields): unknown {
  const text = String(query ?? "");
  if (parseMode === 0) return parseStatements(text);
  if (parseMode === 1) return parseType(text);
  return parseStatements(`select ${parseMode === 2 ? text : assigned(text)}`);
}

/** The value in `target := value`, and the target too where it has a subscript: both are evaluated. */
function assigned(text: string): string {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    if ("([".includes(text[at] ?? "")) depth++;
    if (")]".includes(text[at] ?? "")) depth--;
    if (depth > 0 || text[at] !== "=") continue;
    const target = text.slice(0, at).replace(/:$/, "");
    return target.includes("[") ? `(${text.slice(at + 1)}), ${target}` : text.slice(at + 1);
  }
  return text;
}
