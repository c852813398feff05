// @ts-types="./csv.d.ts"
import { parse } from "deno-std/csv/parse.js";
import { parsePhoneNumberFromString } from "libphonenumber-js/max";

/** A line to import, as public.import_do_not_call wants it. */
export interface Line {
  line: number;
  phone_number: string;
  organization_id?: string;
  reason?: string;
}

export interface BadLine {
  line: number;
  problem: string;
}

const COLUMNS = ["phone_number", "organization_id", "reason"];
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Reads a CSV file with a heading: phone_number, and organization_id and reason if there are such
 * columns. Numbers without a country are taken for numbers of the United States.
 * @param organizationId for lines that name no organization; null: for all organizations
 * @throws {Error} the heading has no phone_number, or a column that nobody knows
 */
export function readLines(
  csv: string,
  organizationId: string | null,
): { lines: Line[]; bad: BadLine[] } {
  const [first, ...records] = recordsOf(csv.replace(/^\ufeff/, ""));
  const heading = fieldsOf(first?.text ?? "").map((name) => name.trim().toLowerCase());
  const unknown = heading.filter((name) => !COLUMNS.includes(name));
  if (!heading.includes("phone_number") || unknown.length > 0) {
    throw new Error(
      `The first line names the columns: ${COLUMNS.join(", ")} (the last two may be left out)`,
    );
  }
  const lines: Line[] = [];
  const bad: BadLine[] = [];
  for (const { line, text } of records) {
    const read = readLine(line, heading, fieldsOf(text), organizationId);
    if ("problem" in read) bad.push(read);
    else lines.push(read);
  }
  return { lines, bad };
}

/** Records that are not empty, with the line on which each begins; quoted ones may span lines. */
function recordsOf(csv: string): { line: number; text: string }[] {
  const records: { line: number; text: string }[] = [];
  let isQuoted = false;
  for (const [index, text] of csv.split(/\r?\n/).entries()) {
    const last = records.at(-1);
    if (isQuoted && last) last.text += `\n${text}`;
    else if (text.trim() !== "") records.push({ line: index + 1, text });
    if ((text.match(/"/g)?.length ?? 0) % 2 === 1) isQuoted = !isQuoted;
  }
  return records;
}

/** The fields of one record; none if it is no CSV. */
function fieldsOf(text: string): string[] {
  try {
    return parse(text)[0] ?? [];
  } catch {
    return [];
  }
}

function readLine(
  line: number,
  heading: string[],
  row: string[],
  organizationId: string | null,
): Line | BadLine {
  if (row.length !== heading.length) {
    return { line, problem: `${row.length} fields, the heading has ${heading.length}` };
  }
  const field = (name: string) => row[heading.indexOf(name)]?.trim() || undefined;
  const phoneNumber = parsePhoneNumberFromString(field("phone_number") ?? "", "US");
  if (!phoneNumber?.isPossible()) return { line, problem: "phone_number is not a phone number" };
  const organization = field("organization_id") ?? organizationId ?? undefined;
  if (organization !== undefined && !UUID.test(organization)) {
    return { line, problem: "organization_id is not a UUID" };
  }
  return {
    line,
    phone_number: phoneNumber.number,
    organization_id: organization,
    reason: field("reason"),
  };
}
