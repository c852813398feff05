import type { StockLevels } from "./stock.ts";
import type { RequestLogEntry } from "./state.ts";

export interface TelnyxSimulatorOptions {
  /** The bearer token that is let in. */
  apiKey?: string;
  /** The SIP connection that exists; numbers can be ordered for no other. */
  connectionId?: string;
  /** The same seed gives the same numbers and the same draws of faults with a probability. */
  seed?: number;
  /** How long an order stays pending; 0: the answer to POST already says success. */
  orderDelayMs?: number;
  /** How long a number may be ordered after a search showed it. */
  searchValidMs?: number;
  /** How long a change of a voice setting takes to reach the network. */
  voiceDelayMs?: number;
  inventory?: StockLevels;
  /** Decimal string, US dollars. */
  balance?: string;
  upfrontCost?: string;
  monthlyCost?: string;
  /** How Telnyx says that a number is gone: 409/85001 or 400/10015. Both have been seen. */
  takenAs?: "conflict" | "bad_request";
  /** Where number_order.complete and call.initiated go; none: webhooks are recorded only. */
  webhookUrl?: string;
  /** Base64 of the 32 secret bytes of an Ed25519 key; left out: a new one. */
  signingKey?: string;
  /** A webhook that is not answered with 200 is sent again until it was sent this often. */
  webhookAttempts?: number;
  webhookRetryMs?: number;
  now?: () => number;
  /** Sends webhooks. */
  fetch?: (request: Request) => Promise<Response>;
  /** Called once for each request to the API, when it has been answered or lost. */
  log?: (entry: RequestLogEntry) => void;
}

export type Settings = Required<Omit<TelnyxSimulatorOptions, "webhookUrl" | "signingKey">> & {
  webhookUrl: string | undefined;
};

export const simulatedApiKey = "KEY_simulated";
export const simulatedConnectionId = "1494404757140276705";

/** The options with every default in place. */
export function settle(options: TelnyxSimulatorOptions): Settings {
  const { webhookUrl, signingKey: _, ...given } = options;
  return {
    apiKey: simulatedApiKey,
    connectionId: simulatedConnectionId,
    seed: 1,
    orderDelayMs: 300,
    // How recent a search must be is not documented; searches of API v1 expired after this long.
    searchValidMs: 15 * 60_000,
    voiceDelayMs: 0,
    inventory: { default: "endless" },
    balance: "100000.00",
    upfrontCost: "1.00000",
    monthlyCost: "1.00000",
    takenAs: "conflict",
    webhookAttempts: 3,
    webhookRetryMs: 200,
    now: Date.now,
    fetch: (request) => fetch(request),
    log: () => {},
    ...given,
    webhookUrl,
  };
}
