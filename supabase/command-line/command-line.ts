/**
 * The one parser of command lines. A command describes its options once; what it accepts and what
 * its --help shows come from that description, so neither can lack what the other has.
 */
import { parseArgs } from "node:util";
import type { Given, Options } from "./options.ts";

export interface Command<O extends Options = Options> {
  /** As it is typed: "npm run buy-pool". */
  name: string;
  /** What it does, as one paragraph. */
  about: string;
  options: O;
  /** What it takes beside options; it takes none when left out. */
  operands?: Operands;
  /** The environment variables that it reads, each with what it is. */
  variables?: Record<string, string>;
  /** Knows simulators only: before it runs, the deployment's variables are taken away. */
  isSimulated?: boolean;
  /** The exit code when it fails; 1 when left out. */
  failure?: number;
}

export interface Operands {
  /** "<file.csv>", "[folder or file …]" */
  name: string;
  least: number;
  most: number;
}

export interface CommandLine<O extends Options> {
  options: Given<O>;
  operands: string[];
}

/** A mistake in what was typed: the message says what, and --help says what there is. */
export class UsageError extends Error {
  override name = "UsageError";
}

/**
 * What `args` say, or "help" when they ask for it.
 * @throws {UsageError} for an unknown option, a value that does not fit, an operand too many
 */
export function readCommandLine<O extends Options>(
  command: Command<O>,
  args: string[],
): CommandLine<O> | "help" {
  const { values, positionals } = parse(command, args);
  if (values.help) return "help";
  const { least, most } = command.operands ?? { least: 0, most: 0 };
  const surplus = positionals.slice(most);
  if (surplus.length > 0) throw new UsageError(`${surplus.join(", ")}: not an argument of this`);
  if (positionals.length < least) throw new UsageError(`${command.operands?.name} is missing`);
  const given = Object.entries(command.options).map(([name, option]) => {
    const typed = values[name];
    if (option.type === "boolean") return [name, typed === true];
    if (typed === undefined) return [name, undefined];
    const parsed = option.schema.safeParse(typed);
    if (parsed.success) return [name, parsed.data];
    const problems = parsed.error.issues.map(({ message }) => message).join("; ");
    throw new UsageError(`--${name}=${typed}: ${problems}`);
  });
  return { options: Object.fromEntries(given), operands: positionals };
}

function parse(command: Command, args: string[]): Parsed {
  const known = Object.entries(command.options).map(([name, { type, ...option }]) => {
    const short = "short" in option && option.short !== undefined ? { short: option.short } : {};
    return [name, { type, ...short }] as const;
  });
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: { ...Object.fromEntries(known), help: { type: "boolean", short: "h" } },
    });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // Behind the first sentence Node explains how to pass such a thing as an operand.
    throw new UsageError(error.message.split(/\. |\n/)[0]);
  }
}

interface Parsed {
  values: Record<string, string | boolean | undefined>;
  positionals: string[];
}

/** What --help shows. */
export function usage({ name, about, options, operands, variables, isSimulated }: Command): string {
  const rows = Object.entries({ ...options, help: HELP }).map(([name, option]) => {
    const shown = "placeholder" in option ? `--${name}=${option.placeholder}` : `--${name}`;
    const short = "short" in option && option.short ? `, -${option.short}` : "";
    return [`${shown}${short}`, option.help] as const;
  });
  return [
    [`${name} -- [options]`, operands?.name ?? ""].join(" ").trim(),
    wrap(about),
    table(rows),
    ...variables ? [`Variables\n${table(Object.entries(variables))}`] : [],
    ...isSimulated ? [NO_VARIABLES] : [],
  ].join("\n\n");
}

const HELP = { help: "this text" };
const COLUMNS = 80;

function wrap(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const longer = `${lines.at(-1) ?? ""} ${word}`.trim();
    if (lines.length > 0 && longer.length <= COLUMNS) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.join("\n");
}

const NO_VARIABLES = `Nothing real is touched: the variables of a deployment (TELNYX_*, LIVEKIT_*,
SUPABASE_*, DATABASE_URL, PG*) are not read, by no child process either.`;

function table(rows: (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => {
    const [first = "", ...more] = right.split("\n");
    const indent = " ".repeat(width + 4);
    return [`  ${left.padEnd(width)}  ${first}`, ...more.map((line) => `${indent}${line}`)]
      .join("\n");
  }).join("\n");
}
