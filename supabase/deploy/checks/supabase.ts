import { CliError, indent } from "../cli.ts";
import { type Context, type Finding, finding } from "../context.ts";
import { readDigests } from "../steps/secrets.ts";
import { functionsUrl } from "../target.ts";

/** Logged in, and allowed to change this project. */
export async function checkSupabase(context: Context): Promise<Finding[]> {
  const url = functionsUrl(context.target);
  const address = /^https:/.test(url) ? finding("functions URL", "ok", url) : finding(
    "functions URL",
    "warn",
    `${url} is not https: Postgres would send the shared secret in the clear`,
    "right for a test on one machine only",
  );
  return [await project(context), address];
}

async function project(context: Context): Promise<Finding> {
  const ref = context.target.SUPABASE_PROJECT_REF;
  try {
    await readDigests(context);
    return finding("Supabase project", "ok", ref);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return finding(
      "Supabase project",
      "fail",
      `${ref} cannot be reached with this login\n${indent(error.said)}`,
      "npx supabase login, or set SUPABASE_ACCESS_TOKEN; see that the project ref is right and " +
        "the project is not paused",
    );
  }
}
