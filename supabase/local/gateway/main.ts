// The gateway's process. Its one variable is JSON, written by the stack.
import { z } from "zod";
import { GatewayConnection } from "./database.ts";
import { createGateway } from "./handler.ts";
import { createRest } from "./rest.ts";
import { watchSchema } from "./schema-watch.ts";

const settings = z.object({
  port: z.number().int(),
  urls: z.object({ requests: z.string(), owner: z.string() }),
  publishableKey: z.string(),
  secretKey: z.string(),
  jwks: z.object({ keys: z.array(z.looseObject({ kty: z.string() })) }),
  schemas: z.array(z.string()),
  extraSearchPath: z.array(z.string()),
  maxRows: z.number().int(),
  functions: z.record(z.string(), z.object({ port: z.number().int(), verifyJwt: z.boolean() })),
}).parse(JSON.parse(Deno.env.get("GATEWAY_SETTINGS") ?? "{}"));

const connection = new GatewayConnection(settings.urls);
await connection.reload();
await watchSchema(settings.urls.owner, () => connection.reload());

const handler = createGateway({ ...settings, rest: createRest({ ...settings, connection }) });
Deno.serve({ hostname: "127.0.0.1", port: settings.port }, (request) => handler(request));
