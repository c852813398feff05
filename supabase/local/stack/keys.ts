import { Buffer } from "node:buffer";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from "jose";
import type { Settings } from "./settings.ts";

export interface Keys {
  publishable: string;
  secret: string;
  /** What Postgres sends to the functions as a bearer token. */
  shared: string;
  /** ES256: user tokens are signed with it, as by the platform's Auth. */
  signing: JWK;
  jwks: { keys: JWK[] };
  livekitKey: string;
  livekitSecret: string;
  telnyxKey: string;
  /** Ed25519: the Telnyx simulator signs webhooks with it. Raw bytes in base64. */
  telnyxSigning: { secret: string; public: string };
}

/** New keys for each start, but for those of the real services. */
export async function createKeys(settings: Settings): Promise<Keys> {
  const pair = await generateKeyPair("ES256", { extractable: true });
  const description = { alg: "ES256", use: "sig", kid: crypto.randomUUID() };
  return {
    publishable: `sb_publishable_${random(18)}`,
    secret: `sb_secret_${random(18)}`,
    shared: random(32),
    signing: { ...await exportJWK(pair.privateKey), ...description },
    jwks: { keys: [{ ...await exportJWK(pair.publicKey), ...description }] },
    livekitKey: settings.LIVEKIT_API_KEY ?? `API${random(9)}`,
    livekitSecret: settings.LIVEKIT_API_SECRET ?? random(32),
    telnyxKey: settings.TELNYX_API_KEY ?? `KEY_simulated_${random(18)}`,
    telnyxSigning: createWebhookKey(),
  };
}

/** An access token of a signed-in user, as the platform's Auth would issue it. */
export async function signUserToken(
  keys: Keys,
  userId: string,
  claims: Record<string, unknown> = {},
): Promise<string> {
  return await new SignJWT({ role: "authenticated", aud: "authenticated", ...claims })
    .setProtectedHeader({ alg: "ES256", kid: keys.signing.kid, typ: "JWT" })
    .setSubject(userId)
    .setIssuedAt()
    .setExpirationTime("1h")
    .sign(await importJWK(keys.signing, "ES256"));
}

function createWebhookKey(): { secret: string; public: string } {
  const { d = "", x = "" } = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  const base64 = (url: string) => Buffer.from(url, "base64url").toString("base64");
  return { secret: base64(d), public: base64(x) };
}

function random(bytes: number): string {
  return randomBytes(bytes).toString("hex");
}
