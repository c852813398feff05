import { createHmac, timingSafeEqual } from "node:crypto";
import { createClient } from "@supabase/supabase-js";
import { createPhonePool } from "phone-pool";

/**
 * Calls of the backend, with a secret key: never in a browser.
 * @param url of the Supabase project
 */
export const createIntakeApi = (url: string, secretKey: string) =>
  createPhonePool(createClient(url, secretKey, { auth: { persistSession: false } }));

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
