import type { Command } from "../command-line/command-line.ts";
import { envFileOption } from "../command-line/environment.ts";
import { flag, type Given } from "../command-line/options.ts";

export const COMMAND = {
  name: "npm run deploy",
  about: `From a clone to a live Supabase project: checks everything, shows a plan with its price,
asks, and does what is left to do. Variables that are not set are asked for.`,
  options: {
    yes: flag("ask nothing; everything comes from variables (CI)", "y"),
    "dry-run": flag("check and show the plan, change nothing"),
    "rotate-secret": flag("also replace the secret that Postgres sends to the functions"),
    remove: flag("the way out: stop assigning, list the numbers;\nnothing is deleted"),
    "env-file": envFileOption,
  },
  variables: {
    SUPABASE_PROJECT_REF: "which project",
    SUPABASE_DB_URL: "its database, with the password",
    SUPABASE_ACCESS_TOKEN: "instead of supabase login",
    "TELNYX_*, LIVEKIT_*": "the functions' secrets",
    "PHONE_POOL_*": "settings; supabase/deploy.md has the whole list",
  },
} satisfies Command;

export interface Options {
  /** Asks nothing: every question is answered with yes. */
  yes: boolean;
  /** Checks and shows the plan; changes nothing. */
  dryRun: boolean;
  /** The way out instead of the way in. */
  remove: boolean;
  /** Gives Postgres and the functions a new shared secret. */
  rotateSecret: boolean;
}

export const deployOptions = (given: Given<typeof COMMAND.options>): Options => ({
  yes: given.yes,
  dryRun: given["dry-run"],
  remove: given.remove,
  rotateSecret: given["rotate-secret"],
});
