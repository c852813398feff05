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
import { readCall } from "./read-call.ts";
import { type ReportDependencies, REPORTS, takeReport } from "./reports.ts";
import { sweep, type SweepDependencies } from "./sweep.ts";

export interface IntakeCallsDependencies
  extends PlaceCallDependencies, ReportDependencies, SweepDependencies {
  createLog: (requestId: string) => Log;
}

/**
 * POST /functions/v1/intake-calls calls a patient from the organization's own number;
 * GET …/{intake_id} tells how a call stands; POST …/{intake_id}/answered, /ended and /opt-out take
 * what the agent reports; GET …/openapi.json describes it all. Errors are `{ detail, code, request_id }`.
 */
export function createHandler(dependencies: IntakeCallsDependencies): Handler {
  return createResponder(
    dependencies.createLog,
    (request, context) => route(request, dependencies, context),
  );
}

interface Route {
  method: "GET" | "POST";
  answer: (
    request: Request,
    dependencies: IntakeCallsDependencies,
    context: RequestContext,
  ) => Promise<Response>;
}

const FIXED: Record<string, Route> = {
  "": { method: "POST", answer: placeCall },
  "/sweep": { method: "POST", answer: sweep },
  "/openapi.json": {
    method: "GET",
    answer: () => Promise.resolve(json(200, createDocument())),
  },
};

function route(
  request: Request,
  dependencies: IntakeCallsDependencies,
  context: RequestContext,
): Promise<Response> {
  // The path begins with the function's name, on the platform without /functions/v1.
  const { pathname } = new URL(request.url);
  const path = pathname.replace(/^(\/functions\/v1)?\/intake-calls(?=\/|$)/, "").replace(/\/$/, "");
  const found = Object.hasOwn(FIXED, path) ? FIXED[path] : routeOfCall(path);
  if (found === undefined) throw new AppError("not_found");
  requireMethod(request, found.method);
  return found.answer(request, dependencies, context);
}

function routeOfCall(path: string): Route | undefined {
  const [, segment, name] = path.match(/^\/([^/]{1,200})(?:\/([a-z-]+))?$/) ?? [];
  if (segment === undefined) return undefined;
  const call = named(segment);
  if (name === undefined) {
    return { method: "GET", answer: (request, given) => readCall(request, call, given) };
  }
  const report = REPORTS.find((known) => known === name);
  if (report === undefined) return undefined;
  return { method: "POST", answer: (request, given) => takeReport(request, call, report, given) };
}

/** The call that a path names; empty, which names none, for what no call can be called. */
function named(segment: string): string {
  try {
    return decodeURIComponent(segment).match(/^[A-Za-z0-9_.:-]{1,64}$/)?.[0] ?? "";
  } catch {
    return "";
  }
}
