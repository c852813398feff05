import * as jose from "jose";
import { z } from "zod";
import { PlainFailure, TwirpFailure } from "./twirp-failure.ts";

const claimsSchema = z.object({
  video: z.object({
    roomCreate: z.boolean().optional(),
    roomList: z.boolean().optional(),
    roomAdmin: z.boolean().optional(),
    room: z.string().optional(),
  }).optional(),
  sip: z.object({ admin: z.boolean().optional(), call: z.boolean().optional() }).optional(),
});

export type Claims = z.infer<typeof claimsSchema>;

export interface ApiKey {
  apiKey: string;
  apiSecret: string;
}

const bearer = "Bearer ";

/**
 * Verifies the token of a request as livekit-server's auth middleware does (pkg/service/auth.go).
 * Without an Authorization header the request goes on without claims: each method refuses it.
 */
export async function authenticate(
  request: Request,
  { apiKey, apiSecret }: ApiKey,
): Promise<Claims | undefined> {
  const header = request.headers.get("authorization");
  if (header === null) return undefined;
  if (!header.startsWith(bearer)) {
    throw new PlainFailure(401, "invalid authorization header. Must start with Bearer ");
  }
  const token = header.slice(bearer.length);
  const issuer = issuerOf(token);
  if (issuer !== apiKey) throw new PlainFailure(401, `invalid API key: ${issuer}`);
  try {
    const { payload } = await jose.jwtVerify(token, new TextEncoder().encode(apiSecret), {
      issuer: apiKey,
      algorithms: ["HS256"],
      // go-jose, which the real server uses, forgives one minute.
      clockTolerance: 60,
      requiredClaims: ["exp"],
    });
    return claimsSchema.parse(payload);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    // The real server echoes the token too: whoever logs this message leaks it.
    throw new PlainFailure(401, `invalid token: ${token}, error: ${reason}`);
  }
}

function issuerOf(token: string): string {
  try {
    jose.decodeProtectedHeader(token);
    return jose.decodeJwt(token).iss ?? "";
  } catch {
    throw new PlainFailure(401, "invalid authorization token");
  }
}

export function requireRoomCreate(claims: Claims | undefined): void {
  if (!claims?.video?.roomCreate) deny();
}

export function requireRoomList(claims: Claims | undefined): void {
  if (!claims?.video?.roomList) deny();
}

export function requireRoomAdmin(claims: Claims | undefined, room: string): void {
  if (!claims?.video?.roomAdmin || (claims.video.room ?? "") !== room) deny();
}

export function requireSipCall(claims: Claims | undefined): void {
  if (!claims?.sip?.call) deny();
}

export function requireSipAdmin(claims: Claims | undefined): void {
  if (!claims?.sip?.admin) deny();
}

function deny(): never {
  throw new TwirpFailure("unauthenticated", "permissions denied");
}
