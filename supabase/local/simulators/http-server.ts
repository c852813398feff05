import { Buffer } from "node:buffer";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

type Handler = (request: Request) => Promise<Response>;

/** Thrown by a handler: the connection ends without an answer; a client sees a network error. */
export class ConnectionReset extends TypeError {
  override name = "ConnectionReset";
}

export interface BreakableServer {
  /** http://127.0.0.1:PORT */
  url: string;
  /** Closes the port, and the connections when what is under way on them is answered. */
  stop(): Promise<void>;
}

/**
 * Serves a handler on 127.0.0.1 that can break a connection before a single byte of an answer, which
 * is what a reset looks like to a client: Deno.serve answers 500 to a handler that throws, and only
 * where nothing of an answer has come does Deno's fetch send the request again.
 * @param port 0: a free one
 */
export async function serveBreakable(handler: Handler, port: number): Promise<BreakableServer> {
  const underWay = new Set<Promise<unknown>>();
  const server = createServer((incoming, outgoing) => {
    const answered = Promise.all([once(outgoing, "close"), respond(handler, incoming, outgoing)])
      .finally(() => underWay.delete(answered));
    underWay.add(answered);
  });
  const url = `http://127.0.0.1:${await listen(server, port)}`;
  return {
    url,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      await Promise.all(underWay);
      server.closeAllConnections();
      await closed;
    },
  };
}

async function respond(handler: Handler, incoming: IncomingMessage, outgoing: ServerResponse) {
  const gone = new AbortController();
  outgoing.on("close", () => gone.abort());
  try {
    const response = await handler(await toRequest(incoming, gone.signal));
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    outgoing.end(Buffer.from(await response.arrayBuffer()));
  } catch (error) {
    if (!(error instanceof ConnectionReset || gone.signal.aborted || isReset(error))) {
      console.error(error);
    }
    incoming.socket.destroy();
  }
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
