import { type Fields, fieldsOf, listOf, nameParts } from "../../../supabase/local/sql/tree.ts";

const QUOTED = /^quote_(ident|literal|nullable)$/;

/**
 * The SQL that an expression of EXECUTE builds, each value in it replaced by one that is harmless;
 * undefined where a value gets into the text without being quoted.
 */
export function readDynamic(tree: unknown): string | undefined {
  const [statement] = listOf(tree);
  return readTarget(fieldsOf(fieldsOf(statement).stmt).SelectStmt);
}

function readText(node: unknown): string | undefined {
  const { A_Const: constant, A_Expr: operation, FuncCall: call, SubLink: query } = fieldsOf(node);
  if (constant) return constantText(constant);
  if (operation) return readConcatenation(fieldsOf(operation));
  if (query) return readTarget(fieldsOf(fieldsOf(query).subselect).SelectStmt);
  const { funcname, args } = fieldsOf(call);
  const name = nameParts(funcname).at(-1) ?? "";
  const [first, ...more] = listOf(args);
  if (name === "format_type") return "text";
  if (QUOTED.test(name)) return name === "quote_ident" ? "x" : "'x'";
  // A list is as safe as each of its items.
  if (name === "string_agg") return readText(first);
  return name === "format" ? readTemplate(constantText(fieldsOf(first).A_Const), more) : undefined;
}

function readTarget(select: unknown): string | undefined {
  return readText(fieldsOf(fieldsOf(listOf(fieldsOf(select).targetList)[0]).ResTarget).val);
}

function readConcatenation({ name, lexpr, rexpr }: Fields): string | undefined {
  if (nameParts(name).at(-1) !== "||") return undefined;
  const [left, right] = [readText(lexpr), readText(rexpr)];
  return left === undefined || right === undefined ? undefined : left + right;
}

/** %I and %L quote; %s puts a value in as it is, so that one must have been quoted where it stands. */
function readTemplate(template: string | undefined, values: unknown[]): string | undefined {
  let next = 0;
  let isSafe = template !== undefined;
  const text = template?.replaceAll(/%(?:(\d+)\$)?-?\d*([ILs%])/g, (_match, position, kind) => {
    if (kind === "%") return "%";
    const at = position ? Number(position) - 1 : next;
    next = at + 1;
    if (kind !== "s") return kind === "I" ? "x" : "'x'";
    const value = readText(values[at]);
    isSafe &&= value !== undefined;
    return value ?? "";
  });
  return isSafe ? text : undefined;
}

function constantText(constant: unknown): string | undefined {
  const { sval } = fieldsOf(constant);
  return sval === undefined ? undefined : String(fieldsOf(sval).sval ?? "");
}
