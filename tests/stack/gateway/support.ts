import { GatewayConnection } from "../../../supabase/local/gateway/database.ts";
import { createGateway } from "../../../supabase/local/gateway/handler.ts";
import { createRest } from "../../../supabase/local/gateway/rest.ts";
import type { FunctionRoute } from "../../../supabase/local/gateway/functions.ts";
import { createKeys, type Keys, signUserToken } from "../../../supabase/local/stack/keys.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { plainSettings } from "../support.ts";

export interface TestGateway extends AsyncDisposable {
  url: string;
  keys: Keys;
  database: TestDatabase;
  handler: (request: Request) => Promise<Response>;
  userToken(userId: string, claims?: Record<string, unknown>): Promise<string>;
}

/** A gateway on a free port before a database of its own (bare or migrated), in which `sql` was run. */
export async function startTestGateway(
  sql: string,
  functions: Record<string, FunctionRoute> = {},
  { bare = true, schemas = ["public"] }: { bare?: boolean; schemas?: string[] } = {},
): Promise<TestGateway> {
  const database = await createTestDatabase({ bare });
  await database.query(sql);
  const connection = new GatewayConnection({
    requests: database.authenticatorUrl,
    owner: database.url,
  });
  await connection.reload();
  const keys = await createKeys(plainSettings());
  const rest = createRest({
    connection,
    schemas,
    extraSearchPath: ["public", "extensions"],
    maxRows: 1000,
  });
  const handler = createGateway({
    publishableKey: keys.publishable,
    secretKey: keys.secret,
    jwks: keys.jwks,
    functions,
    rest,
  });
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, handler);
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    keys,
    database,
    handler,
    userToken: (userId, claims) => signUserToken(keys, userId, claims),
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await connection.close();
      await database.drop();
    },
  };
}
