import type { z } from "zod";
import { AppError } from "../_shared/errors.ts";
import { readText } from "../_shared/http.ts";

const DEEPEST = 16;

/**
 * The body of a request, parsed.
 * @param empty what an empty body stands for; without it, it is an error
 * @throws {AppError} invalid_request with status 400 (no JSON) or 422 (not as the schema wants it)
 */
export async function readBody<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
  empty?: unknown,
): Promise<z.output<Schema>> {
  const text = await readText(request);
  const body = text.trim() === "" && empty !== undefined ? empty : parseJson(text);
  const parsed = schema.safeParse(body);
  if (parsed.success && !isStorable(parsed.data)) {
    throw new AppError("invalid_request", "The body holds characters that cannot be stored");
  }
  if (parsed.success) return parsed.data;
  throw new AppError("invalid_request", parsed.error.issues.slice(0, 5).map(told).join("; "));
}

/** Zod repeats names that it does not know. */
function told(issue: z.core.$ZodIssue): string {
  const what = issue.code === "unrecognized_keys"
    ? `there is no field ${issue.keys.slice(0, 5).map(shown).join(", ")}`
    : issue.message;
  return `${issue.path.map(shown).join(".") || "body"}: ${what}`;
}

function parseJson(text: string): unknown {
  // Parsers and jsonb recurse.
  if (depthOf(text) > DEEPEST) {
    throw new AppError("invalid_request", `The body is nested deeper than ${DEEPEST} levels`);
  }
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new AppError("invalid_request", "The body is not JSON", { status: 400 });
  }
  return body;
}

/** How deep brackets nest outside of strings. */
function depthOf(text: string): number {
  const bare = text.replaceAll(/"(?:[^"\\]|\\.)*"/g, "");
  let depth = 0;
  let deepest = 0;
  for (const bracket of bare.match(/[[\]{}]/g) ?? []) {
    depth += bracket === "[" || bracket === "{" ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

/** Postgres stores neither U+0000 nor half of a surrogate pair. */
function isStorable(value: unknown): boolean {
  if (typeof value === "string") return value.isWellFormed() && !value.includes("\0");
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every((entry) => entry.every(isStorable));
}

// A field's name is the sender's own text: enough of it to be recognized, and no digits.
function shown(part: PropertyKey): string {
  return String(part).slice(0, 40).replaceAll(/\d/g, "#");
}
