import { Buffer } from "node:buffer";
import { createPrivateKey, createPublicKey, randomBytes, sign } from "node:crypto";

/** The key that signs webhooks. */
export interface SigningKey {
  /** Base64 of the raw 32 bytes, as the portal shows it and the SDK wants it. */
  publicKey: string;
  /** The headers for a body that is sent now. */
  sign(rawBody: string, unixSeconds: number): Record<string, string>;
}

/** A PKCS #8 Ed25519 key is these bytes and the 32 secret ones (RFC 8410). */
const pkcs8Prefix = Buffer.from("302e020100300506032b657004220420", "hex");

/** The Ed25519 key of these 32 secret bytes in base64, or a new one. */
export function createSigningKey(secret?: string): SigningKey {
  const seed = secret === undefined ? randomBytes(32) : Buffer.from(secret, "base64");
  if (seed.length !== 32) throw new TypeError("the signing key must be 32 bytes in base64");
  const key = createPrivateKey({
    key: Buffer.concat([pkcs8Prefix, seed]),
    format: "der",
    type: "pkcs8",
  });
  const { x = "" } = createPublicKey(key).export({ format: "jwk" });
  return {
    publicKey: Buffer.from(x, "base64url").toString("base64"),
    sign: (rawBody, unixSeconds) => ({
      "telnyx-signature-ed25519": sign(null, Buffer.from(`${unixSeconds}|${rawBody}`), key)
        .toString("base64"),
      "telnyx-timestamp": String(unixSeconds),
    }),
  };
}
