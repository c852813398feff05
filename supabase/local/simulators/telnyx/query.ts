import { z } from "zod";
import { badRequest, invalidJson, invalidSetting, missingParameter } from "./refusal.ts";
import type { Page } from "./wire.ts";

/** The `filter[…]` parameters of a request; one that the endpoint does not have is refused. */
export function filtersOf(url: URL, known: string[]): (name: string) => string | undefined {
  for (const parameter of url.searchParams.keys()) {
    const [, name] = /^filter\[([^\]]+)\]/.exec(parameter) ?? [];
    const full = parameter.replace(/^filter\[([^\]]+)\]/, "$1").replace(/\[([^\]]+)\]/g, ".$1");
    if (name !== undefined && !known.includes(full)) {
      throw badRequest(`The simulator knows no filter ${full} here.`, { parameter });
    }
  }
  return (name) => {
    const [first, ...rest] = name.split(".");
    const parameter = `filter[${first}]${rest.map((part) => `[${part}]`).join("")}`;
    return url.searchParams.get(parameter) ?? url.searchParams.get(`filter[${name}]`) ?? undefined;
  };
}

function pageNumber(url: URL, name: string, fallback: number, maximum: number): number {
  const text = url.searchParams.get(name);
  if (text === null) return fallback;
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    throw badRequest(`${name} must be a positive number.`, { parameter: name });
  }
  return Math.min(Number(text), maximum);
}

/** One page of the items; 20 to a page unless asked, at most 250. */
export function paginate<Item, Shown>(
  url: URL,
  items: Item[],
  show: (item: Item) => Shown,
): Page<Shown> {
  const number = pageNumber(url, "page[number]", 1, Number.MAX_SAFE_INTEGER);
  const size = pageNumber(url, "page[size]", 20, 250);
  return {
    data: items.slice((number - 1) * size, number * size).map(show),
    meta: {
      page_number: number,
      page_size: size,
      total_pages: Math.ceil(items.length / size),
      total_results: items.length,
    },
  };
}

/** The body of a request as the schema has it, or Telnyx's refusal. */
export function parseBody<Schema extends z.ZodType>(
  text: string,
  schema: Schema,
): z.output<Schema> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw invalidJson("The request body is not valid JSON.");
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const pointer = `/${issue?.path.join("/") ?? ""}`;
  if (issue?.code === "unrecognized_keys") {
    const [key] = issue.keys;
    throw invalidSetting(`${key} cannot be set here.`, { pointer: `/${key}` });
  }
  throw missingParameter(issue?.message ?? "The request body is not valid.", { pointer });
}
