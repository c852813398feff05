/** What of `npm start` is real, as its user is told it, and asked, before anything starts. */
import type { Dialogue } from "../../command-line/dialogue.ts";
import { describeDatabase } from "../../command-line/describe-database.ts";
import { REAL_SHAPES, type RealServices, type Settings } from "./settings.ts";

const SERVICES = ["telnyx", "livekit", "database"] as const;
const NAMES = { telnyx: "Telnyx", livekit: "LiveKit", database: "database" };

/** The first line: which services are real, and which are not. */
export function describeServices(settings: Settings, real: RealServices): string {
  const shown = {
    telnyx: `Telnyx (${new URL(settings.TELNYX_BASE_URL ?? "https://api.telnyx.com").host})`,
    livekit: `LiveKit (${settings.LIVEKIT_URL ? new URL(settings.LIVEKIT_URL).host : ""})`,
    database: settings.SUPABASE_DB_URL ? describeDatabase(settings.SUPABASE_DB_URL) : "",
  };
  const used = SERVICES.filter((name) => real[name]).map((name) => shown[name]);
  const others = SERVICES.filter((name) => !real[name]).map((name) => NAMES[name]);
  return [
    `Real: ${used.join(", ") || "nothing"}.`,
    ...others.length > 0 ? [`Simulated or local: ${others.join(", ")}.`] : [],
  ].join(" ");
}

/** Variables of services that stay simulated: somebody may believe that they are used. */
export function unusedVariables(variables: Record<string, string>, real: RealServices): string[] {
  return SERVICES.filter((name) => !real[name]).flatMap((name) => {
    const set = Object.keys(REAL_SHAPES[name].shape).filter((variable) => variables[variable]);
    return set.length > 0 ? [`Set but not used without --${name}: ${set.join(", ")}.`] : [];
  });
}

/**
 * Asks before what cannot be taken back: purchases, and migrations of somebody's database. Calls
 * are placed on request only.
 * @throws {Error} when the answer is needed and nobody can be asked
 */
export async function consents(dialogue: Dialogue, real: RealServices): Promise<boolean> {
  const warnings = [
    ...real.telnyx ? [BUYS] : [],
    ...real.telnyx && !real.database ? [LOSES] : [],
    ...real.database ? [MIGRATES] : [],
    ...real.database && !real.telnyx ? [INVENTS] : [],
  ];
  if (warnings.length === 0) return true;
  warnings.forEach((line) => dialogue.say(line));
  return await dialogue.confirm("Start?");
}

const BUYS =
  `Telnyx: from the first minute on the pool buys numbers by itself, up to max_numbers and
  monthly_budget_usd of phone_pool.settings. They cost money until they are deleted at Telnyx.`;
const LOSES = `Database: the local one is removed at the end, and what was bought is then known to
  Telnyx alone. --database keeps it.`;
const MIGRATES = `Database: the migrations that are missing there are applied to it.`;
const INVENTS = `Telnyx is simulated: numbers that do not exist are written into that database.`;
