import { WebhookEvent } from "@livekit/protocol";
import { z } from "zod";
import type { Agents } from "./agents.ts";
import type { Calls } from "./calls.ts";
import { callsPage } from "./calls-page.ts";
import { type Fault, type Faults, faultsSchema } from "./faults.ts";
import { newId } from "./ids.ts";
import * as outcome from "./outcomes.ts";
import type { Outcome, OutcomeBook, Outcomes } from "./outcomes.ts";
import type { LiveKitState } from "./state.ts";
import { type WebhookFault, webhookFaultsSchema } from "./webhook-faults.ts";
import type { Webhooks } from "./webhooks.ts";

/** What a test or a demo can make happen; the same over HTTP and in process. */
export interface LiveKitControl {
  /** Replaces all faults; an empty list takes them away. */
  setFaults(faults: Fault | Fault[]): void;
  /** Replaces what calls come to, by callee number (`*`: any other). */
  setOutcomes(outcomes: Outcomes): void;
  setWebhookUrl(url: string | undefined): void;
  setWebhookFaults(faults: WebhookFault | WebhookFault[]): void;
  /** Signs and sends any event, given in LiveKit's JSON form; returns its id. */
  sendWebhook(event: Parameters<typeof WebhookEvent.fromJson>[0]): Promise<string>;
  /** Sends what the webhook fault `reorder` still holds back. */
  releaseWebhooks(): Promise<void>;
  /** Resolves when no webhook is on its way any more. */
  webhooksIdle(): Promise<void>;
  /** The callee picks up now; false unless the call is dialing or ringing. */
  answer(callId: string): boolean;
  /** What a call comes to from now on; false unless the call is dialing or ringing. */
  play(callId: string, outcome: Outcome): boolean;
  /** The callee hangs up now; false unless the call is active. */
  hangUp(callId: string): boolean;
  /** The agents in that room are killed; returns how many there were. */
  crashAgents(room: string): number;
  /** The agents in that room end in order, and leave; returns how many there were. */
  leaveAgents(room: string): number;
  /** One more agent comes; false: there is no such room. */
  joinAgent(room: string): boolean;
}

interface Dependencies {
  faults: Faults;
  outcomes: OutcomeBook;
  webhooks: Webhooks;
  calls: Calls;
  agents: Agents;
}

export function createControl(
  { faults, outcomes, webhooks, calls, agents }: Dependencies,
): LiveKitControl {
  return {
    setFaults: faults.set,
    setOutcomes: outcomes.set,
    setWebhookUrl: (url) => {
      webhooks.url = url;
    },
    setWebhookFaults: webhooks.faults.set,
    async sendWebhook(json) {
      const event = WebhookEvent.fromJson(json, { ignoreUnknownFields: true });
      event.id ||= newId("EV");
      event.createdAt ||= BigInt(Math.floor(Date.now() / 1000));
      await webhooks.send(event);
      return event.id;
    },
    releaseWebhooks: () => webhooks.release(),
    webhooksIdle: () => webhooks.idle(),
    answer: (callId) => calls.play(callId, "answer now"),
    play: (callId, outcome) => calls.play(callId, outcome),
    hangUp: (callId) => calls.hangUp(callId),
    crashAgents: (room) => agents.crash(room),
    leaveAgents: (room) => agents.leave(room),
    joinAgent: (room) => agents.join(room),
  };
}

const webhooksSchema = z.strictObject({
  url: z.url().nullable().optional(),
  faults: webhookFaultsSchema.optional(),
});

type Action = (request: Request, id: string) => Promise<Response> | Response;

const done = () => new Response(null, { status: 204 });

function actionsOf(control: LiveKitControl, state: () => LiveKitState): [string, Action][] {
  return [
    ["GET /", () => new Response("LiveKit simulator\n")],
    ["GET /calls", (request) => callsAnswer(request, state())],
    ["GET /_control/state", () => Response.json(state())],
    ["PUT /_control/faults", async (request) => {
      control.setFaults(faultsSchema.parse(await request.json()));
      return done();
    }],
    ["DELETE /_control/faults", () => (control.setFaults([]), done())],
    ["PUT /_control/outcomes", async (request) => {
      control.setOutcomes(outcome.outcomesSchema.parse(await request.json()));
      return done();
    }],
    ["PUT /_control/webhooks", async (request) => {
      const { url, faults } = webhooksSchema.parse(await request.json());
      if (url !== undefined) control.setWebhookUrl(url ?? undefined);
      if (faults) control.setWebhookFaults(faults);
      return done();
    }],
    [
      "POST /_control/webhooks",
      async (request) => Response.json({ id: await control.sendWebhook(await request.json()) }),
    ],
    ["POST /_control/webhooks/release", async () => (await control.releaseWebhooks(), done())],
    ["POST /_control/calls/:id/answer", (_, id) => acted(control.answer(id))],
    [
      "POST /_control/calls/:id/play",
      async (request, id) =>
        acted(control.play(id, outcome.outcomeSchema.parse(await request.json()))),
    ],
    ["POST /_control/calls/:id/hangup", (_, id) => acted(control.hangUp(id))],
    ["POST /_control/rooms/:id/crash-agents", (_, id) => acted(control.crashAgents(id) > 0)],
    ["POST /_control/rooms/:id/leave-agents", (_, id) => acted(control.leaveAgents(id) > 0)],
    ["POST /_control/rooms/:id/join-agent", (_, id) => acted(control.joinAgent(id))],
  ];
}

/** The control paths over HTTP. They carry no credentials: the simulator listens on loopback. */
export function createControlHandler(control: LiveKitControl, state: () => LiveKitState) {
  const routes = actionsOf(control, state).map(([route, action]) => {
    const [method, pathname] = route.split(" ");
    return { method, pattern: new URLPattern({ pathname }), action };
  });

  return async (request: Request): Promise<Response> => {
    for (const { method, pattern, action } of routes) {
      const match = request.method === method ? pattern.exec(request.url) : null;
      const id = decodeURIComponent(match?.pathname.groups.id ?? "");
      if (match) return await guarded(() => action(request, id));
    }
    return new Response("404 page not found\n", { status: 404 });
  };
}

async function guarded(run: () => Promise<Response> | Response): Promise<Response> {
  try {
    return await run();
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return Response.json({ detail }, { status: 400 });
  }
}

function acted(happened: boolean): Response {
  return happened ? done() : Response.json({ detail: "nothing to act on" }, { status: 409 });
}

function callsAnswer(request: Request, { calls }: LiveKitState): Response {
  if (!request.headers.get("accept")?.includes("text/html")) return Response.json(calls);
  return new Response(callsPage(calls), {
    headers: { "content-type": "text/html; charset=utf-8" },
  });
}
