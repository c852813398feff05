import { CsvError, parse } from "csv-parse/sync";
import { z } from "zod";

export interface BadLine {
  line: number;
  problem: string;
}

/** What a command reads: lines to import, and those that cannot be, in the order of the file. */
export interface Read<Row> {
  rows: Row[];
  bad: BadLine[];
}

export interface Columns {
  required: string[];
  optional: string[];
  /** Those of them that may have line breaks. */
  texts?: string[];
}

/** The text in a column of the line; undefined: empty, or the file has no such column. */
export type Field = (column: string) => string | undefined;

/** Reads one line; a text says what is wrong with it. */
export type ReadRow<Row> = (field: Field, line: number) => Row | string;

interface Heading {
  names: string[];
  texts: string[];
}

/** A record, on the lines from `line` to `until`. */
interface Parsed {
  line: number;
  until: number;
  fields: string[];
}

const parsed = z.array(z.object({
  record: z.array(z.string()),
  info: z.object({ lines: z.number() }),
}));

const BATCH = 500;
/** A quoted field that spans more lines than these is a quote that was forgotten. */
const SPAN = 20;
const QUOTES = "a quote is not closed, or stands where there may be none";

/**
 * Reads a CSV file whose first line names the columns. What is wrong with a line stops that line
 * only: a quote that is not closed does not take the lines behind it along.
 * @throws {Error} the heading lacks a column, has one that is not known, or one twice
 */
export function readCsv<Row>(csv: string, columns: Columns, readRow: ReadRow<Row>): Read<Row> {
  const lines = csv.replace(/^\ufeff/, "").split(/\r\n|\n|\r/)
    .map((line) => line.trim() === "" ? "" : line);
  const first = lines.findIndex((line) => line !== "");
  const heading = {
    names: readHeading(first < 0 ? "" : lines[first] ?? "", columns),
    texts: columns.texts ?? [],
  };
  const read: Read<Row> = { rows: [], bad: [] };
  let next = first + 1;
  let size = BATCH;
  while (next < lines.length) {
    const batch = parseLines(lines, next, Math.min(next + size, lines.length));
    if (batch) {
      next = take(batch, next, Math.min(next + size, lines.length), heading, readRow, read);
      size = Math.min(size * 2, BATCH);
    } else if (size > 1) {
      size = Math.ceil(size / 2);
    } else {
      next = takeSpanning(lines, next, heading, readRow, read);
      size = BATCH;
    }
  }
  return read;
}

function readHeading(line: string, { required, optional }: Columns): string[] {
  const parsed = parseLines([line], 0, 1)?.[0]?.fields ?? [];
  const heading = parsed.map((name) => name.trim().toLowerCase());
  const all = [...required, ...optional];
  const isKnown = heading.every((name, at) => all.includes(name) && heading.indexOf(name) === at);
  if (!isKnown || !required.every((name) => heading.includes(name))) {
    const rest = optional.length > 0 ? ` and, if wanted, ${optional.join(", ")}` : "";
    throw new Error(`The first line names the columns, with commas: ${required.join(", ")}${rest}`);
  }
  return heading;
}

/** The records of these lines; undefined when a quote in them is wrong. */
function parseLines(lines: string[], from: number, until: number): Parsed[] | undefined {
  try {
    const found: unknown = parse(lines.slice(from, until).join("\n"), {
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      record_delimiter: "\n",
    });
    return parsed.parse(found).map(({ record, info }) => {
      const last = from + info.lines;
      const breaks = record.join("").split("\n").length - 1;
      return { line: last - breaks, until: last, fields: record };
    });
  } catch (error) {
    if (error instanceof CsvError) return undefined;
    throw error;
  }
}

/** Takes the records over; returns the index of the line to go on with. */
function take<Row>(
  records: Parsed[],
  from: number,
  until: number,
  heading: Heading,
  readRow: ReadRow<Row>,
  read: Read<Row>,
): number {
  for (const { line, until: last, fields } of records) {
    const row = readFields(fields, heading, line, readRow);
    if (typeof row !== "string") {
      read.rows.push(row);
      continue;
    }
    read.bad.push({ line, problem: line === last ? row : QUOTES });
    // It spans lines: they may be records that a forgotten quote has drawn together.
    if (line !== last) return line;
  }
  return Math.max(until, from + 1);
}

/** One record that begins on this line, and may go on; else the line is bad. */
function takeSpanning<Row>(
  lines: string[],
  from: number,
  heading: Heading,
  readRow: ReadRow<Row>,
  read: Read<Row>,
): number {
  for (let until = from + 2; until <= Math.min(from + SPAN, lines.length); until++) {
    const records = parseLines(lines, from, until);
    const [record] = records ?? [];
    if (record === undefined || records?.length !== 1) continue;
    const row = readFields(record.fields, heading, from + 1, readRow);
    if (typeof row === "string") break;
    read.rows.push(row);
    return until;
  }
  read.bad.push({ line: from + 1, problem: QUOTES });
  return from + 1;
}

function readFields<Row>(
  fields: string[],
  heading: Heading,
  line: number,
  readRow: ReadRow<Row>,
): Row | string {
  const { names, texts } = heading;
  if (fields.length !== names.length) {
    return `${fields.length} fields, the heading has ${names.length}`;
  }
  if (fields.some((text, at) => text.includes("\n") && !texts.includes(names[at] ?? ""))) {
    return QUOTES;
  }
  return readRow((column) => fields[names.indexOf(column)]?.trim() || undefined, line);
}
