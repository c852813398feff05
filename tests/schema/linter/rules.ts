import { unsafeText, unsafeVerb } from "../../../supabase/local/postgres/safeupdate.ts";
import { fieldsOf, listOf, nameParts, type Node, nodes } from "../../../supabase/local/sql/tree.ts";
import { readDynamic } from "./dynamic.ts";
import type { Finding, Linted } from "./lint.ts";
import { operatorsOf } from "./operators.ts";
import { isFirst, isOnly } from "./search-path.ts";

type Rule = (fn: Linted) => Iterable<Finding>;

/** What a function's body may not do; a new rule is one more function. */
export const RULES: Record<string, Rule> = {
  "every update and delete has a where": function* ({ sql, dynamic }) {
    for (const { line, tree } of sql) {
      const verb = unsafeVerb(tree);
      if (verb) yield { line, what: `${verb} without WHERE` };
    }
    for (const { line, tree } of dynamic) {
      const verb = unsafeText(tree);
      if (verb) yield { line, what: `${verb} without WHERE, in a text that is executed` };
    }
  },

  "every table is named with its schema": function* (fn) {
    for (const [line, { kind, fields, withNames }] of everyNode(fn)) {
      const name = String(fields.relname);
      if (kind !== "RangeVar" || fields.schemaname || withNames.has(name)) continue;
      if (fn.names.transitionTables.has(name)) continue;
      if (isFirst(fn.searchPath) && fn.names.relations.has(name)) continue;
      yield { line, what: `table ${name}` };
    }
  },

  "every type is named with its schema": function* (fn) {
    for (const [line, { kind, fields }] of everyNode(fn)) {
      const [name = "", ...more] = kind === "TypeName" ? nameParts(fields.names) : [];
      if (name === "" || more.length > 0) continue;
      if (isFirst(fn.searchPath) && fn.names.types.has(name)) continue;
      yield { line, what: `type ${name}` };
    }
  },

  "every function is named with its schema": function* (fn) {
    for (const [line, { kind, fields }] of everyNode(fn)) {
      const [name = "", ...more] = kind === "FuncCall" ? nameParts(fields.funcname) : [];
      if (name === "" || more.length > 0) continue;
      if (isOnly(fn.searchPath) && fn.names.functions.has(name)) continue;
      yield { line, what: `function ${name}()` };
    }
  },

  "every operator is named with its schema": function* (fn) {
    for (const [line, node] of everyNode(fn)) {
      for (const name of operatorsOf(node)) {
        if (isOnly(fn.searchPath) && fn.names.operators.has(name)) continue;
        yield { line, what: `operator ${name}` };
      }
    }
  },

  "nothing is in pg_temp, which is the caller's": function* (fn) {
    for (const [line, { kind, fields }] of everyNode(fn)) {
      const schema = kind === "RangeVar"
        ? fields.schemaname
        : nameParts(fields.names ?? fields.funcname).at(-2);
      if (/^pg_temp/.test(String(schema ?? ""))) yield { line, what: `${kind} in ${schema}` };
    }
  },

  "what is executed is built by format() with %I and %L, or takes its values by using": function* (
    { dynamic },
  ) {
    for (const { line, tree } of dynamic) {
      if (readDynamic(tree) === undefined) yield { line, what: "a value becomes SQL as it is" };
    }
  },

  "what is stable or immutable does not write": function* (fn) {
    if (!/^(stable|immutable)$/.test(fn.options.get("volatility") ?? "")) return;
    for (const [line, { kind, fields }] of everyNode(fn)) {
      const name = nameParts(fields.funcname).at(-1) ?? "";
      const isWrite = /^(Insert|Update|Delete|Merge)Stmt$/.test(kind) ||
        /^(next|set)val$/.test(name);
      if (isWrite) yield { line, what: name || kind };
    }
  },
};

/** Without names that are not looked up. */
function* everyNode({ sql }: Linted): Iterable<[line: number, node: Node]> {
  for (const { line, tree } of sql) {
    const known = new Set<unknown>();
    for (const node of nodes(tree)) {
      for (const fields of knownBy(node)) known.add(fields);
      if (!known.has(node.fields)) yield [line, node];
    }
  }
}

/** FOR UPDATE OF repeats aliases; unnest() of several arrays, in FROM, is syntax of PostgreSQL's own. */
function knownBy({ kind, fields }: Node): unknown[] {
  if (kind === "LockingClause") {
    return listOf(fields.lockedRels).map((name) => fieldsOf(name).RangeVar);
  }
  if (kind !== "RangeFunction") return [];
  const calls = listOf(fields.functions).map((item) => {
    const [call] = listOf(fieldsOf(fieldsOf(item).List).items);
    return fieldsOf(fieldsOf(call).FuncCall);
  });
  return calls.filter(({ funcname, args }) =>
    nameParts(funcname).join(".") === "unnest" && listOf(args).length > 1
  );
}
