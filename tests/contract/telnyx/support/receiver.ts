/** What arrived at the receiver of webhooks. */
export interface Received {
  body: string;
  headers: Record<string, string>;
}

/** Receives webhooks on a port of its own; answers 200 unless told otherwise. */
export async function withReceiver(
  body: (receiver: { url: string; received: Received[]; answers: number[] }) => Promise<void>,
): Promise<void> {
  const received: Received[] = [];
  const answers: number[] = [];
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    async (request) => {
      received.push({ body: await request.text(), headers: Object.fromEntries(request.headers) });
      return new Response(null, { status: answers.shift() ?? 200 });
    },
  );
  try {
    await body({ url: `http://127.0.0.1:${server.addr.port}/webhook`, received, answers });
  } finally {
    await server.shutdown();
  }
}
