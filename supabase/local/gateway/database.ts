import { AsyncLocalStorage } from "node:async_hooks";
import { PostgresConnection } from "@supabase/lite/postgres";

export interface DatabaseFailure {
  code: string;
  message: string;
  detail?: string;
  hint?: string;
}

/** What the database refused while one request was answered. */
export const requestFailure = new AsyncLocalStorage<{ failure?: DatabaseFailure }>();

/**
 * @supabase/lite's connection, with three things put right: it grants nothing by itself, errors of
 * the database are kept for the answer, and values have the shape that PostgREST gives them.
 */
class GatewayConnection extends PostgresConnection {
  override async withContext<T>(
    ...parameters: Parameters<PostgresConnection["withContext"]>
  ): Promise<T> {
    try {
      return await super.withContext(...parameters) as T;
    } catch (error) {
      if (isDatabaseFailure(error)) remember(error);
      throw error;
    }
  }
}

export function connectGateway(databaseUrl: string): PostgresConnection {
  const connection = new GatewayConnection({
    url: databaseUrl,
    postgresOptions: {
      max: 20,
      onnotice: () => {},
      // PostgREST logs in as authenticator, whose limits these are; lite needs an owner's eyes to
      // know the tables, and changes to the request's role in each transaction.
      connection: {
        application_name: "gateway",
        statement_timeout: 8000,
        lock_timeout: 8000,
      },
      types: VALUE_TYPES,
    },
  });
  // lite would else create roles and grant anon everything on its first request.
  Reflect.set(connection, "rlsState", "active");
  return connection;
}

const toJson = (value: unknown) =>
  typeof value === "string" && isJson(value) ? value : JSON.stringify(value);

const VALUE_TYPES = {
  // lite hands over objects as JSON text already; encoded again they would arrive as strings.
  json: { to: 114, from: [114], serialize: toJson, parse: (text: string) => JSON.parse(text) },
  jsonb: { to: 3802, from: [3802], serialize: toJson, parse: (text: string) => JSON.parse(text) },
  numeric: { to: 1700, from: [1700], serialize: String, parse: Number },
  timestamptz: { to: 1184, from: [1184], serialize: String, parse: isoTime },
  timestamp: { to: 1114, from: [1114], serialize: String, parse: isoTime },
};

function isoTime(text: string): string {
  return text.replace(" ", "T").replace(/([+-]\d\d)$/, "$1:00");
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function isDatabaseFailure(error: unknown): error is Error & DatabaseFailure {
  return error instanceof Error && "code" in error && typeof error.code === "string" &&
    /^[0-9A-Z]{5}$/.test(error.code);
}

function remember(error: Error & DatabaseFailure) {
  const store = requestFailure.getStore();
  if (store) store.failure = error;
  // lite logs the error as a whole, and its details name rows: phone numbers, patients.
  Object.defineProperty(error, Symbol.for("Deno.customInspect"), {
    value: () => `PostgresError ${error.code}`,
  });
}
