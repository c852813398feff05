/** A node of a parse tree: what it is ("UpdateStmt") and its fields as libpg-query names them. */
export interface Node {
  kind: string;
  fields: Fields;
  /** Names that a WITH around the node defines: a table of that name is none. */
  withNames: ReadonlySet<string>;
}

export type Fields = Readonly<Record<string, unknown>>;

// libpg-query wraps a node in an object with its kind as only key, except where the field can hold
// nothing else.
const KIND_OF_FIELD: Readonly<Record<string, string>> = {
  funccall: "FuncCall",
  infer: "InferClause",
  larg: "SelectStmt",
  onConflictClause: "OnConflictClause",
  over: "WindowDef",
  rarg: "SelectStmt",
  rel: "RangeVar",
  relation: "RangeVar",
  returningClause: "ReturningClause",
  returnType: "TypeName",
  typeName: "TypeName",
  view: "RangeVar",
  withClause: "WithClause",
};

/** Every node of a tree that libpg-query made, the outer before the inner ones. */
export function* nodes(tree: unknown, withNames: ReadonlySet<string> = new Set()): Iterable<Node> {
  if (Array.isArray(tree)) {
    for (const item of tree) yield* nodes(item, withNames);
    return;
  }
  for (const [name, value] of Object.entries(fieldsOf(tree))) {
    const kind = /^[A-Z]/.test(name) ? name : KIND_OF_FIELD[name];
    const isNode = kind !== undefined && isFields(value);
    const inner = isNode ? withDefined(value, withNames) : withNames;
    if (isNode) yield { kind, fields: value, withNames: inner };
    yield* nodes(value, inner);
  }
}

/** The fields of what is a node or a list in the tree; none of a text, number or nothing. */
export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The parts of a name, such as `public` and `organizations`. */
export function nameParts(list: unknown): string[] {
  return listOf(list).map((part) => String(fieldsOf(fieldsOf(part).String).sval ?? "*"));
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function withDefined(fields: Fields, outer: ReadonlySet<string>): ReadonlySet<string> {
  const defined = listOf(fieldsOf(fields.withClause).ctes)
    .map((cte) => String(fieldsOf(fieldsOf(cte).CommonTableExpr).ctename));
  return defined.length === 0 ? outer : new Set([...outer, ...defined]);
}
