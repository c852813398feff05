import { createHmac, timingSafeEqual } from "node:crypto";

export interface IntakeCallRequest {
  organization_id: string;
  patient_id: string;
  phone_number: string;
  intake_id?: string;
  time_zone?: string;
  metadata?: Record<string, unknown>;
}

/** What phone-pool answers where it does not do what was asked. */
export class PhonePoolError extends Error {
  override name = "PhonePoolError";

  constructor(
    readonly status: number,
    readonly problem: { detail: string; code: string; request_id: string; retry_at?: string },
  ) {
    super(`${status} ${problem.code}: ${problem.detail}`);
  }
}

/**
 * Calls of the backend, with a secret key: never in a browser.
 * @param url of the Supabase project
 */
export function createIntakeApi(url: string, secretKey: string) {
  const send = async (path: string, body?: unknown): Promise<Record<string, unknown>> => {
    const response = await fetch(`${url}/functions/v1/intake-calls${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: { apikey: secretKey, "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(25_000),
    });
    const answer = await response.json();
    if (!response.ok) throw new PhonePoolError(response.status, answer);
    return answer;
  };
  return {
    /** Calls the patient. Said again after a lost answer, nobody is called twice: it has a name. */
    async place(request: IntakeCallRequest) {
      const named = { intake_id: crypto.randomUUID(), ...request };
      try {
        return await send("", named);
      } catch (error) {
        if (error instanceof PhonePoolError) throw error;
        return await send("", named);
      }
    },
    /** How the call stands: status, outcome, times. */
    read: (intakeId: string, organizationId: string) =>
      send(`/${encodeURIComponent(intakeId)}?organization_id=${organizationId}`),
  };
}

/**
 * What settings.call_webhook_url gets: the ids of a call that has ended. The same may come twice,
 * and again when it turns out to have ended otherwise: read the call each time.
 * @param secret whsec_…, from Vault: phone_pool_call_webhook_secret
 * @returns undefined: not signed with this secret, or more than five minutes ago
 */
export async function readCallEvent(request: Request, secret: string) {
  const header = (name: string) => request.headers.get(`webhook-${name}`) ?? "";
  const body = await request.text();
  const age = Math.abs(Date.now() / 1000 - Number(header("timestamp")));
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const expected = createHmac("sha256", key)
    .update(`${header("id")}.${header("timestamp")}.${body}`).digest();
  const isSigned = header("signature").split(" ").some((signature) => {
    const offered = Buffer.from(signature.replace(/^v1,/, ""), "base64");
    return offered.length === expected.length && timingSafeEqual(offered, expected);
  });
  if (!isSigned || !(age < 300)) return undefined;
  const { type, data }: {
    type: string;
    data: { call_id: string; intake_id: string; organization_id: string };
  } = JSON.parse(body);
  return { type, ...data };
}
