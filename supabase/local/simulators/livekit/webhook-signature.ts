import type { WebhookEvent } from "@livekit/protocol";
import * as jose from "jose";
import type { ApiKey } from "./access.ts";
import type { WebhookFaultKind } from "./webhook-faults.ts";

/**
 * A webhook request as livekit/protocol's notifier signs it (webhook/resource_url_notifier.go): a
 * JWT of five minutes with the body's SHA-256, in Authorization without the word Bearer.
 */
export async function signedWebhook(
  event: WebhookEvent,
  { apiKey, apiSecret }: ApiKey,
  spoil?: WebhookFaultKind,
): Promise<{ method: string; headers: Record<string, string>; body: string }> {
  const body = event.toJsonString();
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(body));
  const secret = spoil === "wrong-secret" ? `not ${apiSecret}` : apiSecret;
  const token = await new jose.SignJWT({
    sha256: btoa(String.fromCharCode(...new Uint8Array(digest))),
  })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setIssuer(apiKey)
    .setNotBefore("0s")
    .setExpirationTime("5m")
    .sign(new TextEncoder().encode(secret));
  return {
    method: "POST",
    headers: {
      "authorization": token,
      "content-type": "application/webhook+json",
      "user-agent": "LiveKit simulator",
    },
    body: spoil === "tampered" ? `${body} ` : body,
  };
}
