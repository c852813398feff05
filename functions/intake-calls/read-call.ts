import { AppError } from "../_shared/errors.ts";
import { json } from "../_shared/http.ts";
import { callQuery } from "./state.ts";
import { type ReportDependencies, whoAsks } from "./reports.ts";

/**
 * GET /functions/v1/intake-calls/{intake_id}?organization_id=…: how the call stands, for the backend
 * and users of the organization; GET …/{call_id} with the agent's own token of its call's room.
 */
export async function readCall(
  request: Request,
  call: string,
  dependencies: ReportDependencies,
): Promise<Response> {
  const asker = await whoAsks(request, dependencies);
  if (asker.kind === "agent") {
    return json(200, await dependencies.calls.read({ call, roomName: asker.roomName }, null));
  }
  const query = callQuery.safeParse(Object.fromEntries(new URL(request.url).searchParams));
  if (!query.success) {
    throw new AppError("invalid_request", "organization_id is missing in the query, or no UUID");
  }
  const claims = asker.kind === "user" ? asker.claims : null;
  const organizationId = query.data.organization_id;
  return json(200, await dependencies.calls.read({ call, organizationId }, claims));
}
