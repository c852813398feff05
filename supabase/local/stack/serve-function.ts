// Runs one Edge Function as the platform's runtime does: `deno run serve-function.ts <index.ts>`.
// The port comes from DENO_SERVE_ADDRESS, which every Deno.serve in this process honours.
import { pathToFileURL } from "node:url";

interface Served {
  default?: { fetch?: (request: Request) => Response | Promise<Response> };
}

// The platform keeps an isolate alive for such work; this process stays alive anyway.
Object.assign(globalThis, {
  EdgeRuntime: {
    waitUntil(work: Promise<unknown>) {
      work.catch((error) => console.error("waitUntil:", error));
    },
  },
});

const file = Deno.args[0];
if (!file) throw new Error("usage: serve-function.ts <index.ts>");
const served: Served = await import(pathToFileURL(file).href);
const handler = served.default?.fetch;
if (handler) Deno.serve((request) => handler(request));
