import { PostgresConnection } from "@supabase/lite/postgres";
import { withClient } from "../postgres/connect.ts";
import { asOnPlatform, type PlatformCache, readPlatformCache } from "./platform.ts";
import { type DatabaseFailure, requestContext } from "./request-context.ts";
import { VALUE_TYPES } from "./value-types.ts";

export interface GatewayUrls {
  /** Whose requests are answered: authenticator's, which may do nothing but become another role. */
  requests: string;
  /** Whose eyes see every table: for the schema cache alone. */
  owner: string;
}

/**
 * @supabase/lite's connection, with four things put right: it grants nothing by itself, errors of
 * the database are kept for the answer, values have the shape that PostgREST gives them, and what
 * the platform refuses is refused.
 */
export class GatewayConnection extends PostgresConnection {
  // information_schema, which lite reads, shows a role only what it has a right to itself: nothing
  // to authenticator, which inherits none. PostgREST reads pg_catalog, which everybody may.
  private readonly schema: PostgresConnection;
  private cache: PlatformCache = { roleSettings: new Map(), unsafeFunctions: new Map() };

  constructor(private readonly urls: GatewayUrls) {
    super(configuration(urls.requests, 20));
    this.schema = new PostgresConnection(configuration(urls.owner, 1));
    // lite would else create roles and grant anon everything on its first request.
    Reflect.set(this, "rlsState", "active");
  }

  /** Reads the schema anew; to be called before the first request and after each change. */
  async reload(): Promise<void> {
    await this.schema.introspect();
    this.cache = await withClient(this.urls.owner, readPlatformCache);
  }

  override introspect(...parameters: Parameters<PostgresConnection["introspect"]>) {
    return this.schema.introspect(...parameters);
  }

  override viewOptionsMetadata(...parameters: [viewName: string, viewSchema: string]) {
    return this.schema.viewOptionsMetadata(...parameters);
  }

  override async withContext<T>(
    ...[vars, work, options]: Parameters<PostgresConnection["withContext"]>
  ): Promise<T> {
    const auth: { role?: unknown } = vars?.auth ?? {};
    const role = String(auth.role ?? "anon");
    // PostgREST docs, "Transactions": reading is all that GET and HEAD may do.
    const { method = "", headers = {} } = requestContext.getStore() ?? {};
    const readOnly = /^(GET|HEAD)$/.test(method);
    try {
      return await super.withContext(
        vars,
        (db) => asOnPlatform(db, this.cache, { role, readOnly, headers }, work),
        options,
      ) as T;
    } catch (error) {
      if (isDatabaseFailure(error)) remember(error);
      throw error;
    }
  }

  override async close(): Promise<void> {
    await Promise.all([super.close(), this.schema.close()]);
  }
}

function configuration(url: string, max: number) {
  return {
    url,
    postgresOptions: {
      max,
      onnotice: () => {},
      connection: {
        application_name: "gateway",
        // The limits of authenticator, also where a server of the user's own lets somebody else in.
        statement_timeout: 8000,
        lock_timeout: 8000,
      },
      types: VALUE_TYPES,
    },
  };
}

function isDatabaseFailure(error: unknown): error is Error & DatabaseFailure {
  return error instanceof Error && "code" in error && typeof error.code === "string" &&
    /^[0-9A-Z]{5}$/.test(error.code);
}

function remember(error: Error & DatabaseFailure) {
  const store = requestContext.getStore();
  if (store) store.failure = error;
  // lite logs the error as a whole, and its details name rows: phone numbers, patients.
  Object.defineProperty(error, Symbol.for("Deno.customInspect"), {
    value: () => `PostgresError ${error.code}`,
  });
}
