import Telnyx from "telnyx";
import {
  type RunningTelnyxSimulator,
  simulatedApiKey,
  simulatedConnectionId,
  startTelnyxSimulator,
  type TelnyxSimulatorOptions,
} from "../../../../supabase/local/simulators/telnyx/mod.ts";
import { fail } from "../../../support/assert.ts";

export interface Scene {
  simulator: RunningTelnyxSimulator;
  telnyx: Telnyx;
  /** A client with other options, for another key or another timeout. */
  client(options: { apiKey?: string; timeout?: number; fetch?: typeof fetch }): Telnyx;
}

/** Runs the body with a simulator of its own and the real SDK, which tries everything once. */
export async function withSimulator(
  options: TelnyxSimulatorOptions,
  body: (scene: Scene) => Promise<void>,
): Promise<void> {
  const simulator = await startTelnyxSimulator({ orderDelayMs: 0, ...options });
  // Deno's fetch sends a POST again by itself when a kept-alive connection breaks under it; a
  // connection of its own for each request shows what was really asked.
  const http = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
  const client: Scene["client"] = (more) =>
    new Telnyx({
      apiKey: simulatedApiKey,
      publicKey: simulator.publicKey,
      baseURL: simulator.apiUrl,
      maxRetries: 0,
      timeout: 10_000,
      fetchOptions: { client: http },
      ...more,
    });
  try {
    await body({ simulator, telnyx: client({}), client });
  } finally {
    await simulator.stop();
    http.close();
  }
}

/** Numbers that a search shows. */
export async function search(
  telnyx: Telnyx,
  areaCode: string,
  limit = 1,
): Promise<string[]> {
  const { data = [] } = await telnyx.availablePhoneNumbers.list({
    filter: { country_code: "US", national_destination_code: areaCode, limit },
  });
  return data.map((number) => number.phone_number ?? "");
}

export async function searchOne(telnyx: Telnyx, areaCode = "415"): Promise<string> {
  const [phoneNumber] = await search(telnyx, areaCode);
  return phoneNumber ?? fail(`nothing for sale in ${areaCode}`);
}

/** Orders numbers and returns the order as POST answered it. */
export async function order(
  telnyx: Telnyx,
  phoneNumbers: string[],
  customerReference = "purchase-1",
): Promise<Telnyx.NumberOrderWithPhoneNumbers> {
  const { data } = await telnyx.numberOrders.create({
    phone_numbers: phoneNumbers.map((phone_number) => ({ phone_number })),
    connection_id: simulatedConnectionId,
    customer_reference: customerReference,
  });
  return data ?? fail("an order without data");
}

/** Searches, orders (the order settles at once) and returns the number and its id. */
export async function buy(
  telnyx: Telnyx,
  areaCode = "415",
  customerReference = "purchase-1",
): Promise<{ phoneNumber: string; id: string }> {
  const phoneNumber = await searchOne(telnyx, areaCode);
  await order(telnyx, [phoneNumber], customerReference);
  return { phoneNumber, id: await idOf(telnyx, phoneNumber) };
}

export async function idOf(telnyx: Telnyx, phoneNumber: string): Promise<string> {
  const { data } = await telnyx.phoneNumbers.actions.verifyOwnership({
    phone_numbers: [phoneNumber],
  });
  return data?.found?.[0]?.id ?? fail("not owned");
}

/** How a call failed: "409 85001", "no answer", "timed out"; "ok" where it did not. */
export async function outcome(call: PromiseLike<unknown>): Promise<string> {
  try {
    await call;
    return "ok";
  } catch (error) {
    if (error instanceof Telnyx.APIConnectionTimeoutError) return "timed out";
    if (error instanceof Telnyx.APIConnectionError) return "no answer";
    if (error instanceof Telnyx.APIError) return `${error.status} ${codeOf(error.error)}`;
    throw error;
  }
}

function codeOf(body: unknown): string {
  const [, code] = /"code":"(\w+)"/.exec(JSON.stringify(body) ?? "") ?? [];
  return code ?? "without a code";
}

/** Waits until the condition holds; fails after a while. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > deadline) fail(`never came true: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
