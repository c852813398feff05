import { appendFile } from "node:fs/promises";
import { writeFileSync } from "node:fs";

/** Writes down every webhook that LiveKit sends to `url`, a line each. */
export function startWebhookRecorder(file: string) {
  writeFileSync(file, "");
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      // A delivery that breaks off is sent again, or the server is going away.
      const text = await request.text().catch(() => "");
      if (text !== "") await appendFile(file, `${JSON.stringify(JSON.parse(text))}\n`);
      return new Response();
    },
  );
  return {
    file,
    url: `http://127.0.0.1:${server.addr.port}/`,
    stop: () => server.shutdown(),
  };
}
