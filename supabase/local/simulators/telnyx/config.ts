import { z } from "zod";
import type { TelnyxSimulatorOptions } from "./options.ts";

const optionalText = z.string().min(1).optional();
const wholeNumber = z.string().regex(/^\d+$/).transform(Number).optional();

const environment = z.object({
  TELNYX_SIMULATOR_PORT: wholeNumber,
  TELNYX_SIMULATOR_API_KEY: optionalText,
  TELNYX_SIMULATOR_CONNECTION_ID: optionalText,
  TELNYX_SIMULATOR_WEBHOOK_URL: z.url().optional(),
  TELNYX_SIMULATOR_SIGNING_KEY: optionalText,
  TELNYX_SIMULATOR_SEED: wholeNumber,
  TELNYX_SIMULATOR_ORDER_DELAY_MS: wholeNumber,
});

/** What the process is told by its environment; empty variables count as missing. */
export function readConfig(
  variables: Record<string, string>,
): TelnyxSimulatorOptions & { port?: number } {
  const given = Object.entries(variables).filter(([, value]) => value !== "");
  const parsed = environment.safeParse(Object.fromEntries(given));
  if (!parsed.success) {
    throw new TypeError(`Telnyx simulator, environment:\n${z.prettifyError(parsed.error)}`);
  }
  const options = {
    port: parsed.data.TELNYX_SIMULATOR_PORT,
    apiKey: parsed.data.TELNYX_SIMULATOR_API_KEY,
    connectionId: parsed.data.TELNYX_SIMULATOR_CONNECTION_ID,
    webhookUrl: parsed.data.TELNYX_SIMULATOR_WEBHOOK_URL,
    signingKey: parsed.data.TELNYX_SIMULATOR_SIGNING_KEY,
    seed: parsed.data.TELNYX_SIMULATOR_SEED,
    orderDelayMs: parsed.data.TELNYX_SIMULATOR_ORDER_DELAY_MS,
  };
  // A name with the value undefined would hide the default.
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
