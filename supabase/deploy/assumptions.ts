import { existsSync, readFileSync } from "node:fs";
import { inRoot } from "../local/stack/paths.ts";

/**
 * What the checks rest on and nobody has seen on a real account: the row of supabase/platform.md,
 * and the name of its check there and on the screen. A test holds the two together.
 */
export const CHECKED = {
  S1: "Supabase project",
  S2: "functions URL",
  S3: "Postgres",
  S4: "extensions",
  S5: "pg_net",
  S6: "pg_cron",
  S7: "database role",
  S8: "database connection",
  S9: "Vault",
  S10: "API roles",
  S11: "user tokens",
  A1: "organizations",
  A2: "names",
  A3: "project of the database",
  T1: "Telnyx key and balance",
  T2: "Telnyx account",
  T3: "price of a number",
  T4: "orders by reference",
  T5: "ownership of a number",
  T6: "numbers of the account",
  T7: "Telnyx connection",
  T8: "caller ID override",
  T9: "channel limit",
  T10: "outbound voice profile",
  T20: "call parking",
  T21: "encrypted speech at Telnyx",
  T22: "webhook version",
  T23: "recording at Telnyx",
  L1: "LiveKit key",
  L2: "LiveKit trunk",
  L3: "number for each call",
  L11: "trunk transport",
} as const;

export type Assumption = keyof typeof CHECKED;

const FILE = "supabase/platform.md";

/** Where the register tells of it, as editors and terminals open it: the file and its line. */
export function lineOf(assumption: Assumption): string {
  const file = inRoot(FILE);
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
  const index = lines.findIndex((line) => line.startsWith(`| ${assumption} |`));
  return index < 0 ? FILE : `${FILE}:${index + 1}`;
}
