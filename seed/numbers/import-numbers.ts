import type { CallDatabase } from "../../functions/_shared/database.ts";
import { isUuid, toE164 } from "../import/fields.ts";
import { type ImportReport, importRows } from "../import/import-file.ts";
import { type Read, readCsv } from "../import/read-csv.ts";

/** A line to import, as phone_pool_worker.import_phone_numbers wants it. */
interface Line {
  line: number;
  phone_number: string;
  telnyx_phone_number_id?: string;
  organization_id?: string;
}

/** Telnyx's id of a number of the account; null: it is not there, or cannot be used. */
export type Lookup = (phoneNumber: string) => Promise<string | null>;

export interface ImportNumbersOptions {
  call: CallDatabase;
  /** Tries everything and keeps nothing. */
  isDryRun: boolean;
  /** For lines without telnyx_phone_number_id; they are bad when not given. */
  lookup?: Lookup;
  progress?: (done: number, of: number) => void;
}

// Each line may read all organizations, to see whose number it is, within the Data API's 8 seconds.
const BATCH = 50;

/**
 * Takes the numbers of a CSV file into the pool, each with its organization if the line names one or
 * one shows it as its phone. Bad lines are reported, and keep no other line from being imported.
 * Safe to repeat: what is there already is known, and stays as it is.
 * @throws {Error} the first line does not name the columns
 */
export async function importNumbers(
  csv: string,
  { call, isDryRun, lookup, progress }: ImportNumbersOptions,
): Promise<ImportReport> {
  const read = readNumbers(csv, lookup !== undefined);
  return await importRows(lookup ? await withIds(read, lookup, progress) : read, {
    call,
    functionName: "import_phone_numbers",
    parameters: { p_is_dry_run: isDryRun },
    batch: BATCH,
    progress,
  });
}

function readNumbers(csv: string, mayLackIds: boolean): Read<Line> {
  const id = "telnyx_phone_number_id";
  const columns = mayLackIds
    ? { required: ["phone_number"], optional: [id, "organization_id"] }
    : { required: ["phone_number", id], optional: ["organization_id"] };
  const repeated = createRepeated();
  return readCsv<Line>(csv, columns, (field, line) => {
    const phone_number = toE164(field("phone_number"));
    const telnyx_phone_number_id = field(id);
    const organization_id = field("organization_id");
    if (phone_number === undefined) return "phone_number is not a phone number";
    if (telnyx_phone_number_id === undefined && !mayLackIds) {
      return `${id} is missing (--lookup asks Telnyx for it)`;
    }
    if (organization_id !== undefined && !isUuid(organization_id)) {
      return "organization_id is not a UUID";
    }
    return repeated(line, { phone_number, telnyx_phone_number_id, organization_id }) ??
      { line, phone_number, telnyx_phone_number_id, organization_id };
  });
}

/** Says when a number, an id or an organization stands in a line above already: one each. */
function createRepeated() {
  const seen = new Map<string, number>();
  return (line: number, values: Record<string, string | undefined>): string | undefined => {
    const given = Object.entries(values)
      .flatMap(([name, value]) => value ? [[name, `${name} ${value.toLowerCase()}`] as const] : []);
    for (const [name, key] of given) {
      const above = seen.get(key);
      if (above !== undefined) return `${name} stands in line ${above} already`;
    }
    for (const [, key] of given) seen.set(key, line);
    return undefined;
  };
}

/** One after the other, as Telnyx limits how often it is asked. */
async function withIds(
  { rows, bad }: Read<Line>,
  lookup: Lookup,
  progress: ImportNumbersOptions["progress"] = () => {},
): Promise<Read<Line>> {
  const read: Read<Line> = { rows: [], bad: [...bad] };
  for (const [index, row] of rows.entries()) {
    const id = row.telnyx_phone_number_id ?? await lookup(row.phone_number);
    if (id !== null) read.rows.push({ ...row, telnyx_phone_number_id: id });
    else read.bad.push({ line: row.line, problem: "the number is not in the Telnyx account" });
    progress(index + 1, rows.length);
  }
  return read;
}
