import Telnyx from "telnyx";
import { AppError } from "../_shared/errors.ts";

/**
 * The parsed body of a request that Telnyx has signed within the last five minutes.
 * @throws {AppError} unauthorized; invalid_request: signed, but not JSON
 */
export type Verify = (rawBody: string, headers: Headers) => Promise<unknown>;

/** @param publicKey base64 of the raw 32 bytes, as Telnyx's portal shows it */
export function createVerify(publicKey: string): Verify {
  // Nothing is asked of Telnyx; without a key in the options the SDK would look into the environment.
  const client = new Telnyx({ apiKey: "unused", publicKey });
  return async (rawBody, headers) => {
    try {
      // The SDK reads a plain object only: a Headers instance looks empty to it.
      return await client.webhooks.unwrap(rawBody, {
        headers: Object.fromEntries(headers),
        key: publicKey,
      });
    } catch (error) {
      // It parses what it has verified.
      if (error instanceof SyntaxError) throw new AppError("invalid_request", "Not JSON");
      throw new AppError("unauthorized", undefined, { cause: error });
    }
  };
}
