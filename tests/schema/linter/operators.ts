import { listOf, nameParts, type Node } from "../../../supabase/local/sql/tree.ts";

/** Operators that a node looks for by name alone, also where its syntax does not show one. */
export function operatorsOf({ kind, fields }: Node): string[] {
  if (kind === "A_Expr") return ofExpression(fields);
  if (kind === "SubLink") return ofSublink(fields);
  if (kind === "SortBy") return unqualified(fields.useOp);
  // case x when y, join … using (z) and natural join compare by an operator that is called =.
  const compares = (kind === "CaseExpr" && fields.arg) ||
    (kind === "JoinExpr" && (fields.isNatural || listOf(fields.usingClause).length > 0));
  return compares ? ["="] : [];
}

function ofExpression({ kind, name }: Node["fields"]): string[] {
  return /BETWEEN/.test(String(kind)) ? [">=", "<="] : unqualified(name);
}

// x in (select …) has no name, x = any (select …) has one.
function ofSublink({ subLinkType, operName }: Node["fields"]): string[] {
  if (!/^(ANY|ALL)_SUBLINK$/.test(String(subLinkType))) return [];
  return listOf(operName).length === 0 ? ["="] : unqualified(operName);
}

function unqualified(name: unknown): string[] {
  const parts = nameParts(name);
  return parts.length === 1 ? parts : [];
}
