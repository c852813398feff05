import type { RequestContext } from "./context.ts";
import type { Fault } from "./fault-kinds.ts";
import { ConnectionReset } from "../http-server.ts";
import { answerOf, HtmlAnswer, strikesAfterWork } from "./fault-answers.ts";
import { pick, stopsBeforeWork } from "./faults.ts";
import { methodNotAllowed, notFound, Refusal, unauthenticated } from "./refusal.ts";
import { RequestRecord } from "./request-record.ts";
import { findRoute, type Route } from "./router.ts";
import { recordGraveError, type State } from "./state.ts";
import type { Webhooks } from "./webhooks.ts";
import type { WireAnswer } from "./wire.ts";

function checkKey({ settings }: State, request: Request) {
  if (request.headers.get("authorization") !== `Bearer ${settings.apiKey}`) {
    throw unauthenticated("No key found matching the API key provided.");
  }
}

/** Never answers: ends only when the client gives up, as fetch does, or the simulator is closed. */
function neverAnswer(state: State, request: Request): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  const whenAborted = (signal: AbortSignal, end: () => void) =>
    signal.aborted ? end() : signal.addEventListener("abort", end, { once: true });
  whenAborted(request.signal, () => reject(request.signal.reason));
  whenAborted(state.timers.signal, () => reject(new ConnectionReset("the simulator was closed")));
  return promise;
}

/** Makes the fault come true; returns only for one that does not end the request. */
async function strike(fault: Fault, state: State, request: Request, record: RequestRecord) {
  if (fault.kind === "timeout") {
    record.lost("timeout");
    await neverAnswer(state, request);
  }
  if (fault.kind === "reset") {
    record.lost("reset");
    throw new ConnectionReset("connection reset by peer");
  }
  const answer = answerOf(fault);
  if (answer) throw answer;
}

function work(route: Route, context: RequestContext, record: RequestRecord): WireAnswer {
  const answer = route.run(context);
  record.executed();
  return answer;
}

/** Work that is done only after the client has lost the connection; nobody hears its outcome. */
function workLater(route: Route, context: RequestContext, record: RequestRecord, ms: number) {
  context.state.timers.later(ms, () => {
    try {
      work(route, context, record);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      record.refusedLate(error);
    }
  });
}

async function perform(
  route: Route,
  context: RequestContext,
  request: Request,
  record: RequestRecord,
): Promise<WireAnswer> {
  const { state, faults } = context;
  const latency = pick(faults, "latency");
  if (latency) await state.timers.wait(latency.ms);
  const before = faults.find((fault) => stopsBeforeWork(fault) && answerOrLoss(fault));
  if (before) await strike(before, state, request, record);
  const after = faults.find(strikesAfterWork);
  const delay = after && "work_delay_ms" in after ? after.work_delay_ms : undefined;
  if (after && delay !== undefined) {
    workLater(route, context, record, delay);
    await strike(after, state, request, record);
  }
  const answer = work(route, context, record);
  if (after) await strike(after, state, request, record);
  return answer;
}

function answerOrLoss(fault: Fault): boolean {
  return fault.kind === "timeout" || fault.kind === "reset" || answerOf(fault) !== undefined;
}

function refuseUnknown(state: State, request: Request, url: URL, pathExists: boolean): never {
  if (request.method === "DELETE" && /^\/v2\/phone_numbers\/?$/.test(url.pathname)) {
    recordGraveError(state, "DELETE /phone_numbers without an id");
  }
  if (pathExists) throw methodNotAllowed("The method is not allowed here.");
  throw notFound("The requested resource or URL could not be found.");
}

function toResponse(error: unknown): Response {
  if (error instanceof Refusal) {
    return Response.json(error.envelope, { status: error.status, headers: error.headers });
  }
  if (error instanceof HtmlAnswer) {
    return new Response("<html><body><h1>Bad gateway</h1></body></html>", {
      status: error.status,
      headers: { "content-type": "text/html" },
    });
  }
  throw error;
}

/** The area code of the numbers that a search or an order is about. */
function areaCodeOf(url: URL, body: string): string | undefined {
  return url.searchParams.get("filter[national_destination_code]") ??
    /"phone_number":"\+1(\d{3})\d{7}"/.exec(body)?.[1];
}

/** Answers one request to the API; rejects where the connection is to break. */
export async function handleApi(
  state: State,
  webhooks: Webhooks,
  request: Request,
): Promise<Response> {
  const url = new URL(request.url);
  const found = findRoute(request.method, url);
  const body = await request.text();
  const record = new RequestRecord(state, found.route?.operation ?? "unknown", request, body);
  try {
    checkKey(state, request);
    if (!found.route) refuseUnknown(state, request, url, found.pathExists);
    const faults = state.faults.draw(found.route.operation, areaCodeOf(url, body));
    record.faults(faults);
    const context: RequestContext = {
      state,
      url,
      id: found.id,
      body,
      faults,
      noteOrder: (orderId) => record.order(orderId),
      orderSettled: (order) => void webhooks.orderComplete(order),
    };
    const answer = await perform(found.route, context, request, record);
    record.answered(200);
    return Response.json(answer);
  } catch (error) {
    record.failed(error);
    return toResponse(error);
  }
}
