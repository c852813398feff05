import { AccessToken } from "livekit-server-sdk";

export interface AgentSettings {
  SUPABASE_URL: string;
  LIVEKIT_URL: string;
  LIVEKIT_API_KEY: string;
  LIVEKIT_API_SECRET: string;
}

/** What phone-pool answers where it does not do what was asked. */
export class PhonePoolError extends Error {
  override name = "PhonePoolError";

  constructor(
    readonly status: number,
    readonly problem: { detail: string; code: string; request_id: string },
  ) {
    super(`${status} ${problem.code}: ${problem.detail}`);
  }
}

export type Outcome =
  | "completed"
  | "voicemail"
  | "wrong_person"
  | "no_answer"
  | "busy"
  | "declined"
  | "failed"
  | "cancelled";

/** What an agent reads of its call; never the patient's number, unless the clinic's owner says so. */
export interface CallDetails {
  call_id: string;
  intake_id: string;
  organization_id: string;
  caller_id: string;
  attempt: number;
  metadata: Record<string, unknown>;
  phone_number?: string;
}

/**
 * A call as its agent sees it. The agent needs no key of Supabase: it proves by a LiveKit token for
 * its own room that the call is its own, and signs that token with the key that it has anyway.
 * @param callId stands in the metadata of the job: {"call_id": "…"}
 */
export function createIntakeCall(callId: string, roomName: string, settings: AgentSettings) {
  const url = `${settings.SUPABASE_URL}/functions/v1/intake-calls/${callId}`;

  async function sendOnce(method: "GET" | "POST", path: string, body?: unknown) {
    const token = new AccessToken(settings.LIVEKIT_API_KEY, settings.LIVEKIT_API_SECRET, {
      identity: "intake-agent",
      ttl: "5m",
    });
    token.addGrant({ roomAdmin: true, room: roomName });
    const response = await fetch(url + path, {
      method,
      headers: {
        Authorization: `Bearer ${await token.toJwt()}`,
        "Content-Type": "application/json",
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    });
    const answer = await response.json();
    if (!response.ok) throw new PhonePoolError(response.status, answer);
    return answer;
  }

  // Said again, a report changes nothing.
  async function send(method: "GET" | "POST", path: string, body?: unknown, attempts = 3) {
    for (let attempt = 1;; attempt++) {
      try {
        return await sendOnce(method, path, body);
      } catch (error) {
        const isFinal = error instanceof PhonePoolError && error.status < 500;
        if (isFinal || attempt === attempts) throw error;
        await new Promise((resolve) => setTimeout(resolve, Math.min(250 * 2 ** attempt, 10_000)));
      }
    }
  }

  const at = () => new Date().toISOString();
  return {
    read: (): Promise<CallDetails> => send("GET", ""),
    /** The patient has picked up. */
    answered: () => send("POST", "/answered", { at: at() }),
    /** How it ended: it outweighs what LiveKit suggests. */
    ended: (outcome: Outcome) => send("POST", "/ended", { outcome, at: at() }),
    /** The patient wants no more calls. Tried until it is recorded. */
    optOut: () => send("POST", "/opt-out", {}, 8),
  };
}

export type IntakeCall = ReturnType<typeof createIntakeCall>;
