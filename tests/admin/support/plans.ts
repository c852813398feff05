import type pg from "pg";
import { z } from "zod";
import { assert } from "../../support/assert.ts";

const nodeSchema = z.object({
  "Node Type": z.string(),
  "Relation Name": z.string().optional(),
  "Actual Rows": z.number(),
  "Actual Loops": z.number(),
  "Rows Removed by Filter": z.number().optional(),
  get Plans() {
    return z.array(nodeSchema).optional();
  },
});
type PlanNode = z.infer<typeof nodeSchema>;
const plansSchema = z.tuple([z.object({ Plan: nodeSchema, "Execution Time": z.number() })]);

export interface Plan {
  /** Tables read row by row, with how many rows. */
  scanned: { table: string; rows: number }[];
  /** Rows read from tables and indexes, all together. */
  rowsRead: number;
  milliseconds: number;
}

/** Runs the statement and says how it was done. */
export async function explain(client: pg.Client, sql: string): Promise<Plan> {
  const { rows } = await client.query<{ "QUERY PLAN": unknown }>(
    `explain (analyze, timing off, format json) ${sql}`,
  );
  assert(rows[0]);
  const [{ Plan: root, "Execution Time": milliseconds }] = plansSchema.parse(rows[0]["QUERY PLAN"]);
  const nodes = flatten(root);
  return {
    scanned: nodes.filter((node) => node["Node Type"] === "Seq Scan")
      .map((node) => ({ table: node["Relation Name"] ?? "", rows: rowsOf(node) })),
    rowsRead: nodes.filter((node) => node["Relation Name"] !== undefined)
      .reduce((sum, node) => sum + rowsOf(node), 0),
    milliseconds,
  };
}

const rowsOf = (node: PlanNode) =>
  (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0)) * node["Actual Loops"];

function flatten(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(flatten)];
}
