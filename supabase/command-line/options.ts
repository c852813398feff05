import { z } from "zod";

/** An option that is there or not: --yes. */
export interface Flag {
  type: "boolean";
  short?: string;
  help: string;
}

/** An option with a value: --count=N. */
export interface Value<Schema extends z.ZodType = z.ZodType> {
  type: "string";
  /** What the help shows after the equals sign. */
  placeholder: string;
  help: string;
  /** Reads the text; its message says what the value looks like. */
  schema: Schema;
}

export type Options = Record<string, Flag | Value>;

/** What the command gets: true or false of a flag, the parsed value or undefined of the others. */
export type Given<O extends Options> = {
  [Name in keyof O]: O[Name] extends Value<infer Schema> ? z.output<Schema> | undefined : boolean;
};

export const flag = (help: string, short?: string): Flag => ({ type: "boolean", help, short });

export function value(placeholder: string, help: string): Value<z.ZodString>;
export function value<Schema extends z.ZodType>(
  placeholder: string,
  help: string,
  schema: Schema,
): Value<Schema>;
export function value(placeholder: string, help: string, schema = z.string()): Value {
  return { type: "string", placeholder, help, schema };
}

/** A whole number within these bounds. */
export const wholeNumber = (least: number, most: number) => {
  const says = `is not a whole number from ${least} to ${most}`;
  return z.string().regex(/^\d{1,9}$/, says).transform(Number)
    .refine((number) => number >= least && number <= most, says);
};
