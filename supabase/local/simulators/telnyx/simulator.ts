import { handleApi } from "./api.ts";
import { handleControl } from "./control-http.ts";
import { type Control, createControl } from "./control.ts";
import { showHome } from "./home.ts";
import { settle, type TelnyxSimulatorOptions } from "./options.ts";
import { createState, type State } from "./state.ts";
import { createWebhooks } from "./webhooks.ts";

export interface TelnyxSimulator {
  /**
   * Answers what is asked of the API (/v2), of the control (/_control) and of the page (/).
   * Rejects with a TypeError, as fetch does, where a fault breaks the connection.
   */
  handler(request: Request): Promise<Response>;
  control: Control;
  state: State;
  /** Base64 of the raw 32 bytes: what TELNYX_PUBLIC_KEY wants. */
  publicKey: string;
  /** Ends everything that is under way: orders, webhooks, requests that are never answered. */
  close(): void;
}

/** A Telnyx account of its own, in memory. */
export function createTelnyxSimulator(options: TelnyxSimulatorOptions = {}): TelnyxSimulator {
  const state = createState(settle(options));
  const webhooks = createWebhooks(state, options.signingKey);
  const control = createControl(state, webhooks);

  async function handler(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith("/_control/")) return await handleControl(control, request);
    if (pathname === "/") return showHome(control.snapshot());
    return await handleApi(state, webhooks, request);
  }

  return {
    handler,
    control,
    state,
    publicKey: webhooks.publicKey,
    close: () => state.timers.close(),
  };
}
