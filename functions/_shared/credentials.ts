import { timingSafeEqual } from "node:crypto";
import { AppError } from "./errors.ts";

/** The token in `Authorization: Bearer …`, or undefined. */
export function bearerToken(request: Request): string | undefined {
  return request.headers.get("Authorization")?.match(/^Bearer\s+(\S+)$/i)?.[1];
}

/** Whether `given` is one of `secrets`; takes the same time wherever it differs. */
export async function isOneOf(given: string, secrets: string[]): Promise<boolean> {
  const [offered, ...wanted] = await Promise.all([given, ...secrets].map(digest));
  return wanted.filter((secret) => timingSafeEqual(offered as Uint8Array, secret)).length > 0;
}

/**
 * Lets only Postgres in.
 * @param secrets the current secret, and the previous one while it is rotated
 * @throws {AppError} unauthorized
 */
export async function requireNudgeSecret(
  request: Request,
  secrets: (string | undefined)[],
): Promise<void> {
  const token = bearerToken(request);
  const known = secrets.filter((secret) => secret !== undefined);
  if (!token || !await isOneOf(token, known)) throw new AppError("unauthorized");
}

async function digest(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}
