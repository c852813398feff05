import pg from "pg";
import { AppError, ERRORS } from "../../../functions/_shared/errors.ts";
import { z } from "zod";
import { createRpc } from "../../support/rpc.ts";

/** The part of the Data API that functions use, over a database that comes and goes. */
export interface DataApi {
  url: string;
  stop(): Promise<void>;
}

/** @param databaseUrl as authenticator */
export function startDataApi(databaseUrl: string): DataApi {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: 8,
    connectionTimeoutMillis: 2000,
  });
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    async (request) => {
      const name = new URL(request.url).pathname.match(/^\/rest\/v1\/rpc\/(\w+)$/)?.[1];
      if (!name) return new Response(null, { status: 404 });
      const parameters = z.record(z.string(), z.unknown()).parse(await request.json());
      return await answer(pool, name, parameters);
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    async stop() {
      await server.shutdown();
      await pool.end();
    },
  };
}

async function answer(
  pool: pg.Pool,
  name: string,
  parameters: Record<string, unknown>,
): Promise<Response> {
  let client: pg.PoolClient | undefined;
  try {
    client = await pool.connect();
    await client.query("set role service_role");
    const result = await createRpc(client)(name, parameters, z.unknown());
    client.release();
    return Response.json(result);
  } catch (error) {
    const known = error instanceof AppError && error.code !== "database_unavailable";
    client?.release(!known);
    if (!known) return Response.json({ message: String(error) }, { status: 503 });
    return Response.json(
      { code: ERRORS[error.code].sqlstate, message: error.message, details: error.detail },
      { status: 400 },
    );
  }
}
