import { fieldsOf, listOf, nameParts } from "../../../supabase/local/sql/tree.ts";

const QUOTED = /^quote_(ident|literal|nullable)$/;

/**
 * The SQL that an expression of EXECUTE builds, each value in it replaced by one that is harmless;
 * undefined where a value gets into the text without being quoted.
 */
export function readDynamic(tree: unknown): string | undefined {
  const [statement] = listOf(tree);
  const select = fieldsOf(fieldsOf(fieldsOf(statement).stmt).SelectStmt);
  return readText(fieldsOf(fieldsOf(listOf(select.targetList)[0]).ResTarget).val);
}

function readText(node: unknown): string | undefined {
  const { A_Const: constant, A_Expr: operation, FuncCall: call } = fieldsOf(node);
  if (constant) return constantText(constant);
  if (operation) return readConcatenation(fieldsOf(operation));
  const { funcname, args } = fieldsOf(call);
  const name = nameParts(funcname).at(-1) ?? "";
  if (QUOTED.test(name)) return name === "quote_ident" ? "x" : "'x'";
  const template = name === "format" ? listOf(args)[0] : undefined;
  return template ? readTemplate(constantText(fieldsOf(template).A_Const)) : undefined;
}

function readConcatenation({ name, lexpr, rexpr }: Record<string, unknown>): string | undefined {
  if (nameParts(name).at(-1) !== "||") return undefined;
  const [left, right] = [readText(lexpr), readText(rexpr)];
  return left === undefined || right === undefined ? undefined : left + right;
}

function readTemplate(template: string | undefined): string | undefined {
  // %s puts the value in as it is.
  if (template === undefined || /%(\d+\$)?-?\d*s/.test(template)) return undefined;
  return template.replaceAll(
    /%(?:(?:\d+\$)?-?\d*([IL])|%)/g,
    (_match, kind) => ({ I: "x", L: "'x'" })[String(kind)] ?? "%",
  );
}

function constantText(constant: unknown): string | undefined {
  const { sval } = fieldsOf(constant);
  return sval === undefined ? undefined : String(fieldsOf(sval).sval ?? "");
}
