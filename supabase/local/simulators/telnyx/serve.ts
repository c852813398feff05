import { Buffer } from "node:buffer";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { ConnectionReset } from "./fault-answers.ts";
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

/** The client's request; its signal aborts when the client is gone. */
async function toRequest(incoming: IncomingMessage, gone: AbortSignal): Promise<Request> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    for (const one of [value ?? []].flat()) headers.append(name, one);
  }
  const method = incoming.method ?? "GET";
  return new Request(new URL(incoming.url ?? "/", "http://127.0.0.1"), {
    method,
    headers,
    signal: gone,
    ...(method !== "GET" && method !== "HEAD" && { body: Buffer.concat(chunks) }),
  });
}

async function respond(
  simulator: TelnyxSimulator,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
) {
  const gone = new AbortController();
  outgoing.on("close", () => gone.abort());
  try {
    const response = await simulator.handler(await toRequest(incoming, gone.signal));
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    outgoing.end(Buffer.from(await response.arrayBuffer()));
  } catch (error) {
    // Deno.serve answers 500 to a handler that throws; only the socket can break a connection
    // before a single byte of an answer, which is what a reset looks like to a client.
    if (!(error instanceof ConnectionReset || gone.signal.aborted || isReset(error))) {
      console.error(error);
    }
    incoming.socket.destroy();
  }
}

/** The client went away in the middle of its request. */
function isReset(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ECONNRESET";
}

function listen(server: Server, port: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.once("error", reject);
  server.listen(port, "127.0.0.1", () => {
    const address = server.address();
    if (address === null || typeof address === "string") {
      return reject(new Error("the simulator has no port"));
    }
    resolve(address.port);
  });
  return promise;
}

/** Serves a simulator on 127.0.0.1, on a free port unless one is given. */
export async function startTelnyxSimulator(
  options: TelnyxSimulatorOptions & { port?: number } = {},
): Promise<RunningTelnyxSimulator> {
  const { port = 0, ...rest } = options;
  const simulator = createTelnyxSimulator(rest);
  const server = createServer((incoming, outgoing) => void respond(simulator, incoming, outgoing));
  const url = `http://127.0.0.1:${await listen(server, port)}`;
  return {
    ...simulator,
    url,
    apiUrl: `${url}/v2`,
    stop() {
      simulator.close();
      const { promise, resolve } = Promise.withResolvers<void>();
      server.close(() => resolve());
      server.closeAllConnections();
      return promise;
    },
  };
}
