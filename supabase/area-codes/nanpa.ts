import { parse } from "csv-parse/sync";
import { z } from "zod";

/** One of the 800 codes of the North American Numbering Plan, as far as it is used here. */
export interface NumberingPlanCode {
  code: string;
  /** A postal code of the United States, or a name such as ONTARIO. */
  location: string;
  country: string;
  isAssigned: boolean;
  isAssignable: boolean;
  isGeographic: boolean;
  /** What it is or is kept for: Toll-Free, N11 Code, Reserved for Canada. */
  purpose: string;
  /** The codes that serve the same places, this one among them; empty: no other does. */
  complex: string[];
  /** Hours from UTC in winter of every zone that NANPA names. */
  offsets: number[];
}

export interface NumberingPlan {
  fileDate: string;
  codes: NumberingPlanCode[];
}

const row = z.object({
  NPA_ID: z.string().regex(/^[2-9]\d\d$/),
  ASSIGNABLE: z.string(),
  EXPLANATION: z.string(),
  ASSIGNED: z.string(),
  USE: z.string(),
  LOCATION: z.string(),
  COUNTRY: z.string(),
  NOTES: z.string(),
  OVERLAY_COMPLEX: z.string(),
  SERVICE: z.string(),
  TIME_ZONE: z.string(),
});

const OFFSETS: Record<string, number> = { E: -5, C: -6, M: -7, P: -8, AK: -9, "(UTC-10)": -10 };

/** Reads NANPA's NPA report: a line with the file's date, a heading, a line a code. */
export function readNumberingPlan(csv: string): NumberingPlan {
  const lines = z.array(z.array(z.string())).parse(parse(csv, { relax_column_count: true }));
  const [first, heading = [], ...records] = lines;
  const fileDate = first?.[0] === "File Date" ? first[1] : undefined;
  if (!fileDate) throw new Error("This is not NANPA's NPA report: it begins with File Date");
  const codes = records.filter((record) => record.length > 1).map((record) =>
    toCode(row.parse(Object.fromEntries(heading.map((name, at) => [name, record[at] ?? ""]))))
  );
  return { fileDate, codes };
}

function toCode(read: z.output<typeof row>): NumberingPlanCode {
  return {
    code: read.NPA_ID,
    location: read.LOCATION.trim(),
    country: read.COUNTRY.trim(),
    isAssigned: read.ASSIGNED === "Yes",
    isAssignable: read.ASSIGNABLE === "Yes",
    isGeographic: read.USE === "G",
    purpose: read.SERVICE.trim() || read.EXPLANATION.trim() || read.NOTES.trim(),
    complex: read.OVERLAY_COMPLEX.match(/\d{3}/g) ?? [],
    offsets: offsetsOf(read.TIME_ZONE.trim()),
  };
}

function offsetsOf(zones: string): number[] {
  const known = OFFSETS[zones];
  if (known !== undefined) return [known];
  const letters = zones.startsWith("PT/MT") ? "PM" : /^[ECMP]+$/.test(zones) ? zones : "";
  return [...letters].map((letter) => OFFSETS[letter] ?? 0);
}
