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

A clinic registers and has its number (in an empty pool: phone null, some seconds long):

  curl ${stack.api_url}/rest/v1/rpc/register_organization \\
    -H "apikey: ${stack.secret_key}" -H "Content-Type: application/json" \\
    -d '{"p_organization": {"name": "Clinic", "slug": "clinic"}}'

It calls a patient: put the id of the answer in (or of the list that the second line shows):

  curl -H "apikey: ${stack.secret_key}" ${stack.api_url}/rest/v1/organizations

  curl ${stack.functions_url}/intake-calls -H "apikey: ${stack.secret_key}" \\
    -d '{"organization_id": "<id>", "phone_number": "+12125550123",
         "patient_id": "9092481d-0535-4f0e-8a55-6d2b1f3c4e5f"}'
`;
}
