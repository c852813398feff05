import type { Assumption } from "./assumptions.ts";
import type { Cli } from "./cli.ts";
import type { Database } from "./database.ts";
import type { Dialogue, Hide } from "../command-line/dialogue.ts";
import type { Options } from "./options.ts";
import type { Target } from "./target.ts";

/** Everything that the steps work with. */
export interface Context {
  options: Options;
  target: Target;
  cli: Cli;
  database: Database;
  dialogue: Dialogue & { hide: Hide };
  /** What Telnyx asks for a number once, in US dollars, as the checks have seen it. */
  onceUsd?: number;
  /** Milliseconds that are left to wait: for purchases, in all steps together; for one nudge. */
  patience: { purchases: number; nudge: number };
}

/** What one check found; `help` says what to do about a failure. */
export interface Finding {
  assumption: Assumption;
  /** fail: nothing is changed. warn: shown, and on. */
  result: "ok" | "warn" | "fail";
  detail: string;
  help?: string;
}

/** One part of the deployment. Both methods look at what is there: done before, it does nothing. */
export interface Step {
  name: string;
  /** What it would do now, one line each; none: nothing is left to do. */
  plan(context: Context): Promise<string[]>;
  /** Does what is left, and returns what was done. */
  run(context: Context): Promise<string>;
}

export const finding = (
  assumption: Assumption,
  result: Finding["result"],
  detail: string,
  help?: string,
): Finding => ({ assumption, result, detail, help });
