import { z } from "zod";
import type { CallDatabase } from "../../functions/_shared/database.ts";
import { type BadLine, readLines } from "./read-lines.ts";

export interface ImportReport {
  imported: number;
  /** In the order of the file. */
  bad: BadLine[];
}

const BATCH = 500;
const refused = z.array(z.object({ line: z.number().int(), problem: z.string() }));

/**
 * Puts the numbers of a CSV file on the do-not-call list; see readLines() for its form. Bad lines
 * are reported, and keep no other line from being imported. Safe to repeat.
 */
export async function importDoNotCall(
  csv: string,
  { call, organizationId, recordedBy }: {
    call: CallDatabase;
    organizationId: string | null;
    recordedBy: string;
  },
): Promise<ImportReport> {
  const { lines, bad } = readLines(csv, organizationId);
  let imported = 0;
  for (let start = 0; start < lines.length; start += BATCH) {
    const batch = lines.slice(start, start + BATCH);
    const parameters = { p_rows: batch, p_recorded_by: recordedBy };
    const problems = await call("import_do_not_call", parameters, refused);
    imported += batch.length - problems.length;
    bad.push(...problems);
  }
  return { imported, bad: bad.sort((a, b) => a.line - b.line) };
}
