import { serveBreakable } from "../http-server.ts";
import type { TelnyxSimulatorOptions } from "./options.ts";
import { createTelnyxSimulator, type TelnyxSimulator } from "./simulator.ts";

export interface RunningTelnyxSimulator extends TelnyxSimulator {
  /** http://127.0.0.1:PORT */
  url: string;
  /** What the SDK takes as baseURL. */
  apiUrl: string;
  /** Closes the port, the connections and the simulator. */
  stop(): Promise<void>;
}

/** Serves a simulator on 127.0.0.1, on a free port unless one is given. */
export async function startTelnyxSimulator(
  options: TelnyxSimulatorOptions & { port?: number } = {},
): Promise<RunningTelnyxSimulator> {
  const { port = 0, ...rest } = options;
  const simulator = createTelnyxSimulator(rest);
  const server = await serveBreakable(simulator.handler, port);
  return {
    ...simulator,
    url: server.url,
    apiUrl: `${server.url}/v2`,
    stop() {
      simulator.close();
      return server.stop();
    },
  };
}
