import { AppError } from "../_shared/errors.ts";
import {
  createResponder,
  type Handler,
  json,
  type RequestContext,
  requireMethod,
} from "../_shared/http.ts";
import type { Log } from "../_shared/log.ts";
import { createDocument } from "./openapi.ts";
import { placeCall, type PlaceCallDependencies } from "./place-call.ts";
import { type ReportDependencies, REPORTS, takeReport } from "./reports.ts";
import { sweep, type SweepDependencies } from "./sweep.ts";

export interface IntakeCallsDependencies
  extends PlaceCallDependencies, ReportDependencies, SweepDependencies {
  createLog: (requestId: string) => Log;
}

/**
 * POST /functions/v1/intake-calls calls a patient from the organization's own number;
 * POST …/{intake_id}/answered, /ended and /opt-out take what the agent reports; GET …/openapi.json
 * describes it all. Errors are `{ detail, code, request_id }`.
 */
export function createHandler(dependencies: IntakeCallsDependencies): Handler {
  return createResponder(
    dependencies.createLog,
    (request, context) => route(request, dependencies, context),
  );
}

async function route(
  request: Request,
  dependencies: IntakeCallsDependencies,
  context: RequestContext,
): Promise<Response> {
  // The path begins with the function's name, on the platform without /functions/v1.
  const { pathname } = new URL(request.url);
  const path = pathname.replace(/^(\/functions\/v1)?\/intake-calls(?=\/|$)/, "").replace(/\/$/, "");
  if (path === "/openapi.json") {
    requireMethod(request, "GET");
    return json(200, createDocument());
  }
  requireMethod(request, "POST");
  if (path === "") return await placeCall(request, dependencies, context);
  if (path === "/sweep") return await sweep(request, dependencies, context);
  const [, call, name] = path.match(/^\/([A-Za-z0-9_.:-]{1,64})\/([a-z-]+)$/) ?? [];
  const report = REPORTS.find((known) => known === name);
  if (call === undefined || report === undefined) throw new AppError("not_found");
  return await takeReport(request, call, report, dependencies);
}
