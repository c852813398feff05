import { z } from "zod";
import type { CallDatabase } from "../../functions/_shared/database.ts";
import type { BadLine, Read } from "./read-csv.ts";

/** What became of each line: how many by outcome, and those that were not imported. */
export interface ImportReport {
  outcomes: Map<string, number>;
  /** In the order of the file. */
  bad: BadLine[];
}

const results = z.array(z.object({
  line: z.number().int(),
  problem: z.string().nullable(),
  outcome: z.string().nullable(),
}));

/**
 * Hands the lines to a function of the database, so many at a time. Bad lines are reported, and keep
 * no other from being imported.
 */
export async function importRows<Row>(
  { rows, bad }: Read<Row>,
  { call, functionName, parameters, batch, progress = () => {} }: {
    call: CallDatabase;
    functionName: string;
    /** Besides p_rows. */
    parameters: Record<string, unknown>;
    batch: number;
    progress?: (done: number, of: number) => void;
  },
): Promise<ImportReport> {
  const report: ImportReport = { outcomes: new Map(), bad: [...bad] };
  for (let start = 0; start < rows.length; start += batch) {
    const p_rows = rows.slice(start, start + batch);
    for (const result of await call(functionName, { p_rows, ...parameters }, results)) {
      const { line, problem, outcome } = result;
      if (problem !== null) report.bad.push({ line, problem });
      else if (outcome !== null) {
        report.outcomes.set(outcome, (report.outcomes.get(outcome) ?? 0) + 1);
      }
    }
    progress(Math.min(start + batch, rows.length), rows.length);
  }
  report.bad.sort((a, b) => a.line - b.line);
  return report;
}
