import { z } from "zod";
import { AppError, ERRORS } from "../../../functions/_shared/errors.ts";
import type { CallDatabase } from "../../../functions/_shared/database.ts";

/** POST /rest/v1/rpc/<function> with the secret key: all that the functions ask of the Data API. */
export function createDataApi(
  call: CallDatabase,
  secretKey: string,
): (request: Request) => Promise<Response> {
  let last: Promise<unknown> = Promise.resolve();
  return async (request) => {
    const body: unknown = await request.json();
    if (request.headers.get("apikey") !== secretKey) {
      return Response.json({ message: "Invalid API key" }, { status: 401 });
    }
    const name = new URL(request.url).pathname.split("/").at(-1) ?? "";
    const parameters = z.record(z.string(), z.unknown()).parse(body);
    // One connection: one call after the other.
    const result = last.then(() => call(`public.${name}`, parameters, z.unknown()));
    last = result.catch(() => {});
    try {
      return Response.json(await result ?? null);
    } catch (error) {
      return Response.json(asPostgrest(error), { status: 400 });
    }
  };
}

function asPostgrest(error: unknown) {
  if (error instanceof AppError) {
    return { code: sqlstateOf(error.code), message: error.message, details: error.detail };
  }
  return { code: "XX000", message: error instanceof Error ? error.message : String(error) };
}

function sqlstateOf(code: string): string | undefined {
  const found = Object.entries(ERRORS).find(([name]) => name === code)?.[1];
  return found && "sqlstate" in found ? String(found.sqlstate) : undefined;
}
