import pg from "pg";
import { type CallDatabase, DatabaseError } from "../../../functions/_shared/database.ts";
import { AppError, ERRORS } from "../../../functions/_shared/errors.ts";
import { z } from "zod";
import { createRpc } from "../../support/rpc.ts";

/** The part of the Data API that functions use, over a database that comes and goes. */
export interface DataApi {
  url: string;
  /** The database that is asked from now on, as authenticator. */
  connectTo(databaseUrl: string): void;
  /** Calls under way. */
  busy(): number;
  /** Calls that have begun. */
  calls(): number;
  /** How often a worker has asked when it is to look again, which it does before it waits. */
  rests(): number;
  stop(): Promise<void>;
}

export function startDataApi(): DataApi {
  let pool: pg.Pool | undefined;
  let busy = 0;
  let calls = 0;
  let rests = 0;
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    async (request) => {
      const name = new URL(request.url).pathname.match(/^\/rest\/v1\/rpc\/(\w+)$/)?.[1];
      if (!name) return new Response(null, { status: 404 });
      const parameters = z.record(z.string(), z.unknown()).parse(await request.json());
      busy += 1;
      calls += 1;
      try {
        return await answer(pool, name, parameters);
      } finally {
        busy -= 1;
        if (parameters.p_step === "seconds_until_purchase_due") rests += 1;
      }
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    connectTo(databaseUrl) {
      // Few: each new session reads the catalogue and compiles every function anew.
      pool = new pg.Pool({ connectionString: databaseUrl, max: 3, connectionTimeoutMillis: 5000 });
      pool.on("error", () => {});
      pool.on("connect", (client) => client.on("error", () => {}));
    },
    busy: () => busy,
    calls: () => calls,
    rests: () => rests,
    async stop() {
      await server.shutdown();
      await pool?.end();
    },
  };
}

const rpcs = new WeakMap<pg.PoolClient, CallDatabase>();

/** What calls functions over this connection as service_role. */
async function rpcOf(client: pg.PoolClient): Promise<CallDatabase> {
  const known = rpcs.get(client);
  if (known) return known;
  await client.query("set role service_role");
  const rpc = createRpc(client);
  rpcs.set(client, rpc);
  return rpc;
}

async function answer(
  pool: pg.Pool | undefined,
  name: string,
  parameters: Record<string, unknown>,
): Promise<Response> {
  let client: pg.PoolClient | undefined;
  try {
    client = await pool?.connect();
    if (!client) throw new AppError("database_unavailable");
    const rpc = await rpcOf(client);
    const result = await rpc(`public.${name}`, parameters, z.unknown());
    client.release();
    return Response.json(result);
  } catch (error) {
    const sqlstate = sqlstateOf(error);
    client?.release(sqlstate === undefined);
    const message = String(error);
    if (sqlstate === undefined) return Response.json({ message }, { status: 503 });
    const details = error instanceof AppError ? error.detail : null;
    return Response.json({ code: sqlstate, message, details }, { status: 400 });
  }
}

/** Undefined where it was not Postgres that refused. */
function sqlstateOf(error: unknown): string | undefined {
  if (error instanceof DatabaseError) return error.sqlstate;
  return error instanceof AppError ? ERRORS[error.code].sqlstate : undefined;
}
