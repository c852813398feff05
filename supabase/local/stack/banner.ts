import { shown } from "./paths.ts";
import type { StackFile } from "./stack-file.ts";
import type { Settings } from "./settings.ts";

/** What somebody sees who has just started the stack: where everything is and what to try. */
export function banner(
  stack: StackFile,
  settings: Settings,
  directory: string,
  seconds: number,
): string {
  const telnyx = settings.TELNYX_API_KEY
    ? "the real one: numbers are bought and cost money"
    : "a SIMULATOR: no number is real, nothing is charged";
  const livekit = settings.LIVEKIT_URL
    ? "the real one: calls reach people"
    : `a SIMULATOR: nobody is called; calls placed: ${stack.livekit_url}/calls`;
  const database = settings.SUPABASE_DB_URL
    ? "  (yours, used as it is)"
    : "  (empty at each start, removed at the end)";
  const pool = settings.SUPABASE_DB_URL
    ? ""
    : "The pool is empty: Postgres buys at the next full minute, or when a clinic registers.\n\n";
  return `phone-pool is up after ${seconds.toFixed(1)} s.

  API        ${stack.api_url}/rest/v1
  Functions  ${stack.functions_url}/<name>
  Database   ${stack.db_url}${database}
  Telnyx     ${stack.telnyx_url}  ${telnyx}
  LiveKit    ${stack.livekit_url}  ${livekit}
  Keys       ${shown(directory)}/stack.json      Logs  ${shown(directory)}/logs/

${pool}Try, in another terminal:

  psql ${stack.db_url} -c "select * from admin_pool_health"

  curl -H "apikey: ${stack.secret_key}" ${stack.api_url}/rest/v1/phone_numbers

  curl -H "apikey: ${stack.secret_key}" -H "Content-Type: application/json" \\
    -d '{"name": "Clinic", "slug": "clinic"}' ${stack.api_url}/rest/v1/organizations

  curl -H "apikey: ${stack.secret_key}" ${stack.api_url}/rest/v1/organizations
`;
}
