import { z } from "zod";
import { differences, jsonSchema } from "./json-schema.ts";

/** Telnyx's OpenAPI document of 2020; it lies beside the repository or it does not. */
const location = new URL("../../../../../shared/facts/telnyx-openapi-subset.json", import.meta.url);

const content = z.object({
  content: z.object({ "application/json": z.object({ schema: jsonSchema }) }),
});
const operation = z.object({
  parameters: z.array(z.object({ name: z.string() })).default([]),
  requestBody: content.optional(),
  responses: z.record(z.string(), content),
});
const document = z.object({ paths: z.record(z.string(), z.record(z.string(), operation)) });
export type OpenApiDocument = z.infer<typeof document>;

/** The document, or undefined where it is not at hand. */
export function readDocument(): OpenApiDocument | undefined {
  try {
    return document.parse(JSON.parse(Deno.readTextFileSync(location)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** One request to the API and its answer. */
export interface Exchange {
  method: string;
  /** From the version on, without it: /number_orders?page[size]=1 */
  path: string;
  requestBody: unknown;
  status: number;
  responseBody: unknown;
}

/** A fetch for the SDK that passes on every exchange. */
export function observing(
  base: string,
  through: typeof fetch,
  exchanges: Exchange[],
): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const text = await request.clone().text();
    const response = await through(input, init);
    exchanges.push({
      method: request.method,
      path: request.url.slice(base.length),
      requestBody: text === "" ? undefined : JSON.parse(text),
      status: response.status,
      responseBody: await response.clone().json(),
    });
    return response;
  };
}

function find({ paths }: OpenApiDocument, method: string, pathname: string) {
  for (const [template, operations] of Object.entries(paths)) {
    const pattern = new RegExp(`^${template.replace(/\{\w+\}/g, "\\d[^/]*|[\\da-f-]{36}")}$`);
    const found = operations[method.toLowerCase()];
    if (pattern.test(pathname) && found) return { template, operation: found };
  }
  return undefined;
}

/** Where an exchange differs from the document; undefined for an operation that is not in it. */
export function compare(document: OpenApiDocument, exchange: Exchange): string[] | undefined {
  const url = new URL(exchange.path, "http://localhost");
  const found = find(document, exchange.method, url.pathname);
  if (!found) return undefined;
  const { template, operation } = found;
  const name = `${exchange.method} ${template}`;
  const parameters = operation.parameters.map((parameter) => parameter.name);
  const request = operation.requestBody?.content["application/json"].schema;
  const answer = operation.responses[exchange.status] ?? operation.responses["default"];
  const response = answer?.content["application/json"].schema;
  return [
    ...[...url.searchParams.keys()].filter((key) => !parameters.includes(key))
      .map((key) => `${name} query ${key}: unknown`),
    ...(request && exchange.requestBody !== undefined
      ? differences(request, exchange.requestBody).map((what) => `${name} request ${what}`)
      : []),
    ...(response
      ? differences(response, exchange.responseBody).map((what) =>
        `${name} ${exchange.status} ${what}`
      )
      : [`${name} ${exchange.status}: not documented`]),
  ];
}
