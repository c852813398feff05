import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { AccessToken } from "livekit-server-sdk";
import { z } from "zod";
import type { CallDatabase } from "../../functions/_shared/database.ts";
import { createKnowAgent } from "../../functions/_shared/agents.ts";
import { createLog } from "../../functions/_shared/log.ts";
import { createTelephony } from "../../functions/_shared/telephony.ts";
import { createAuthenticate } from "../../functions/_shared/users.ts";
import { createCalls } from "../../functions/intake-calls/calls.ts";
import { createHandler } from "../../functions/intake-calls/handler.ts";
import type { Outcome } from "../../supabase/local/simulators/livekit/outcomes.ts";
import type { LiveKitSimulatorOptions } from "../../supabase/local/simulators/livekit/options.ts";
import {
  type RunningLiveKitSimulator,
  startLiveKitSimulator,
} from "../../supabase/local/simulators/livekit/simulator.ts";
import { assert, assertEquals } from "./assert.ts";
import { createTestDatabase, type TestDatabase } from "./database.ts";
import { registerOne } from "./pool.ts";
import { createRpc } from "./rpc.ts";

export const SECRET_KEY = "sb_secret_of_the_tests";
export const NUDGE_SECRET = "what-postgres-sends-to-functions";
export const AGENT = "intake-agent";
export const TRUNK = { id: "ST_clinics", numbers: ["+15005550006"] };

const users = await generateKeyPair("ES256");
const jwks = JSON.stringify({
  keys: [{ ...await exportJWK(users.publicKey), kid: "tests", alg: "ES256" }],
});

export interface Answer {
  status: number;
  body: Record<string, unknown>;
  headers: Headers;
}

export interface Scene {
  db: TestDatabase;
  simulator: RunningLiveKitSimulator;
  /** What the function wrote to its log, line by line. */
  logs: string[];
  handler(request: Request): Promise<Response>;
  /** Ends when what the function has begun last to do after its answer is done. */
  background(): Promise<void>;
  /** POST as the backend, unless headers say otherwise. */
  post(body: unknown, headers?: Record<string, string>, path?: string): Promise<Answer>;
}

export interface SceneOptions extends LiveKitSimulatorOptions {
  /** Connections to the database. */
  connections?: number;
  delay?: (milliseconds: number) => Promise<void>;
  /** Whether LIVEKIT_AGENT_NAME is set; without it, agents come by themselves. */
  hasAgent?: boolean;
  /** The function dies with its answer: nothing is done after it (but what the sweep asks for). */
  diesWithItsAnswer?: boolean | "after the first";
  /** Put between the function and the database, such as a gate. */
  wrapDatabase?: (call: CallDatabase) => CallDatabase;
}

/** intake-calls on a database of its own and a LiveKit simulator, reached by the real SDK. */
export async function withCalls(
  run: (scene: Scene) => Promise<void>,
  options: SceneOptions = {},
): Promise<void> {
  const { connections = 1, delay = pause, hasAgent = true, wrapDatabase, ...rest } = options;
  const { diesWithItsAnswer = false, ...simulated } = rest;
  const simulator = await startLiveKitSimulator({
    trunks: [TRUNK],
    agentNames: [hasAgent ? AGENT : ""],
    agentJoinMs: 1,
    agentMediaMs: 0,
    ringMs: 1,
    webhookRetryMs: 1,
    ...simulated,
  });
  const work: Promise<void>[] = [];
  let begun = 0;
  await using db = await createTestDatabase();
  try {
    await db.query("update phone_pool.settings set calling_hours_enforced = false");
    const logs: string[] = [];
    const call = await rpcPool(db, connections);
    const { apiKey, apiSecret } = simulator.settings;
    const handler = createHandler({
      authenticate: createAuthenticate([SECRET_KEY], jwks, () => {}),
      knowAgent: createKnowAgent(apiKey, apiSecret),
      secrets: [NUDGE_SECRET],
      runInBackground: (run) => {
        const dies = diesWithItsAnswer === "after the first" ? begun++ === 0 : diesWithItsAnswer;
        if (!dies) work.push(run());
      },
      calls: createCalls(wrapDatabase ? wrapDatabase(call) : call),
      telephony: createTelephony({
        LIVEKIT_URL: simulator.url,
        LIVEKIT_API_KEY: apiKey,
        LIVEKIT_API_SECRET: apiSecret,
        LIVEKIT_SIP_TRUNK_ID: TRUNK.id,
        LIVEKIT_AGENT_NAME: hasAgent ? AGENT : undefined,
      }),
      delay,
      createLog: (request_id) =>
        createLog("intake-calls", (line) => logs.push(line), { request_id }),
    });
    const background = async () => void await work.at(-1);
    await run({ db, simulator, logs, handler, background, post: poster(handler) });
  } finally {
    // Phones that ring would be waited for.
    await simulator.stop();
    await Promise.all(work);
  }
}

function poster(handler: Scene["handler"]): Scene["post"] {
  return async (body, headers = { apikey: SECRET_KEY }, path = "") => {
    const response = await handler(
      new Request(`http://localhost/intake-calls${path}`, {
        method: "POST",
        headers: { "Content-Type": "application/json", ...headers },
        body: typeof body === "string" ? body : JSON.stringify(body),
      }),
    );
    return { status: response.status, body: await response.json(), headers: response.headers };
  };
}

/** One call at a time goes over a connection; they take turns. */
export async function rpcPool(db: TestDatabase, connections: number): Promise<CallDatabase> {
  const clients = await Promise.all(
    Array.from({ length: connections }, () => db.connect("service_role")),
  );
  const calls = clients.map(createRpc);
  let turn = 0;
  return (name, parameters, result) => calls[turn++ % calls.length]!(name, parameters, result);
}

const pause = (milliseconds: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, Math.min(milliseconds, 5)));

/** An organization that holds this number, by the ordinary way: pool, then registration. */
export async function clinicWith(db: TestDatabase, phoneNumber: string): Promise<string> {
  await db.query("select public.import_phone_number($1, $2)", [phoneNumber, crypto.randomUUID()]);
  return await registerOne(db);
}

export interface CallBody {
  organization_id: string;
  patient_id: string;
  phone_number: string;
  intake_id?: string;
  time_zone?: string;
  metadata?: Record<string, unknown>;
}

/** A right body; `changes` say what the test is about. */
export function callBody(organizationId: string, changes: Partial<CallBody> = {}): CallBody {
  return {
    organization_id: organizationId,
    patient_id: crypto.randomUUID(),
    phone_number: "+12125550123",
    ...changes,
  };
}

/** Headers of a signed-in user; by default of this organization. */
export async function userHeaders(
  organizationId: string,
  claims: Record<string, unknown> = {},
): Promise<Record<string, string>> {
  const token = await signUser({
    sub: crypto.randomUUID(),
    role: "authenticated",
    app_metadata: { organization_id: organizationId },
    ...claims,
  });
  return { Authorization: `Bearer ${token}` };
}

export function signUser(
  claims: Record<string, unknown>,
  { audience = "authenticated", expires = "1h", key = users.privateKey } = {},
): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: "ES256", kid: "tests" })
    .setAudience(audience).setIssuedAt().setExpirationTime(expires).sign(key);
}

/** Places a call that LiveKit takes, and only then lets it come to something. */
export async function placeCall(
  { simulator, post }: Pick<Scene, "simulator" | "post">,
  body: CallBody,
  outcome?: Outcome,
): Promise<Answer> {
  simulator.control.setOutcomes({ [body.phone_number]: { kind: "silent" } });
  const answer = await post(body);
  assertEquals(answer.status, 202, JSON.stringify(answer.body));
  if (outcome) assert(simulator.control.play(String(answer.body.sip_call_id), outcome));
  return answer;
}

/** GET …/intake-calls{path}, as the backend unless headers say otherwise. */
export async function get(
  { handler }: Pick<Scene, "handler">,
  path: string,
  headers: Record<string, string> = { apikey: SECRET_KEY },
): Promise<Answer> {
  const response = await handler(
    new Request(`http://localhost/intake-calls${path}`, { headers }),
  );
  return { status: response.status, body: await response.json(), headers: response.headers };
}

/** The headers of an agent whose job is in this room, as LiveKit signs its token. */
export async function agentHeaders(
  { simulator }: Pick<Scene, "simulator">,
  room: string,
  grant = {},
): Promise<Record<string, string>> {
  const { apiKey, apiSecret } = simulator.settings;
  const token = new AccessToken(apiKey, apiSecret, { identity: "agent", ttl: 60 });
  token.addGrant({ room, roomJoin: true, agent: true, ...grant });
  return { Authorization: `Bearer ${await token.toJwt()}` };
}

/** Rooms that are open now. */
export function openRooms({ simulator }: Pick<Scene, "simulator">): string[] {
  return simulator.state().rooms.map((room) => z.object({ name: z.string() }).parse(room).name);
}
