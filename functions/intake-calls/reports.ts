import type { KnowAgent } from "../_shared/agents.ts";
import { bearerToken } from "../_shared/credentials.ts";
import { parseDestination } from "../_shared/destination.ts";
import { AppError } from "../_shared/errors.ts";
import { json } from "../_shared/http.ts";
import type { Authenticate, Caller } from "../_shared/users.ts";
import { readBody } from "./body.ts";
import type { CallReference, Calls } from "./calls.ts";
import {
  answeredReport,
  endedReport,
  type IntakeCall,
  type OptOutReport,
  optOutReport,
} from "./schema.ts";

export interface ReportDependencies {
  authenticate: Authenticate;
  knowAgent: KnowAgent;
  calls: Calls;
}

export const REPORTS = ["answered", "ended", "opt-out"] as const;
export type Report = typeof REPORTS[number];

export type Asker = Caller | { kind: "agent"; roomName: string };

/**
 * POST /functions/v1/intake-calls/{intake_id}/{report}: what LiveKit's webhooks cannot tell. Either
 * the intake_id or the id of the call, which is all that the agent is told, names the call.
 */
export async function takeReport(
  request: Request,
  call: string,
  report: Report,
  dependencies: ReportDependencies,
): Promise<Response> {
  const reporter = await whoAsks(request, dependencies);
  const { calls } = dependencies;
  const about = (organizationId?: string): CallReference => ({
    call,
    organizationId,
    roomName: reporter.kind === "agent" ? reporter.roomName : undefined,
  });
  if (report === "opt-out") {
    const body = await readBody(request, optOutReport, {});
    return await optOut(reporter, about(body.organization_id), body, calls);
  }
  // A user of the clinic may say that a patient wants no calls, not how one went.
  if (reporter.kind === "user") throw new AppError("not_allowed");
  if (report === "answered") {
    const body = await readBody(request, answeredReport, {});
    return answer(await calls.report(about(body.organization_id), "answered", body));
  }
  const body = await readBody(request, endedReport);
  return answer(await calls.report(about(body.organization_id), "ended", body));
}

async function optOut(
  reporter: Asker,
  about: CallReference,
  { phone_number }: OptOutReport,
  calls: Calls,
): Promise<Response> {
  const claims = reporter.kind === "user" ? reporter.claims : null;
  const recordedBy = claims ? `user:${claims.sub}` : reporter.kind;
  const told = phone_number === undefined ? undefined : readNumber(phone_number);
  const callee = told instanceof AppError ? undefined : told;
  try {
    return json(200, { suppressed_until: await calls.optOut(about, recordedBy, claims, callee) });
  } catch (error) {
    // A number that cannot be read matters only where the call does not tell it.
    throw error instanceof AppError && error.code === "intake_call_not_found" &&
        told instanceof AppError
      ? told
      : error;
  }
}

function readNumber(phoneNumber: string): string | AppError {
  try {
    return parseDestination(phoneNumber);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

/** The agent of a room by its LiveKit token, or another caller that authenticate() knows. */
export async function whoAsks(
  request: Request,
  { authenticate, knowAgent }: ReportDependencies,
): Promise<Asker> {
  const token = bearerToken(request);
  const roomName = token === undefined ? undefined : await knowAgent(token);
  return roomName === undefined ? await authenticate(request) : { kind: "agent", roomName };
}

function answer({ intake_id, status }: IntakeCall): Response {
  return json(200, { intake_id, status });
}
