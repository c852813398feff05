import type { CallDatabase } from "../../functions/_shared/database.ts";
import { isUuid, toE164 } from "../import/fields.ts";
import { type ImportReport, importRows } from "../import/import-file.ts";
import { readCsv } from "../import/read-csv.ts";

/** A line to import, as phone_pool_worker.import_do_not_call wants it. */
interface Line {
  line: number;
  phone_number: string;
  organization_id?: string;
  reason?: string;
}

const COLUMNS = {
  required: ["phone_number"],
  optional: ["organization_id", "reason"],
  texts: ["reason"],
};
const BATCH = 500;

/**
 * Puts the numbers of a CSV file on the do-not-call list, for all organizations where a line names
 * none. Bad lines are reported, and keep no other line from being imported. Safe to repeat.
 * @param organizationId for lines that name no organization; null: for all organizations
 * @throws {Error} the first line does not name the columns
 */
export async function importDoNotCall(
  csv: string,
  { call, organizationId, recordedBy }: {
    call: CallDatabase;
    organizationId: string | null;
    recordedBy: string;
  },
): Promise<ImportReport> {
  const read = readCsv<Line>(csv, COLUMNS, (field, line) => {
    const phone_number = toE164(field("phone_number"));
    if (phone_number === undefined) return "phone_number is not a phone number";
    const organization_id = field("organization_id") ?? organizationId ?? undefined;
    if (organization_id !== undefined && !isUuid(organization_id)) {
      return "organization_id is not a UUID";
    }
    return { line, phone_number, organization_id, reason: field("reason") };
  });
  return await importRows(read, {
    call,
    functionName: "import_do_not_call",
    parameters: { p_recorded_by: recordedBy },
    batch: BATCH,
  });
}
