import { z } from "zod";

/** The part of OpenAPI's schema language that Telnyx's document uses. */
export interface JsonSchema {
  type?: string | undefined;
  format?: string | undefined;
  enum?: unknown[] | undefined;
  properties?: Record<string, JsonSchema> | undefined;
  required?: string[] | undefined;
  items?: JsonSchema | undefined;
  allOf?: JsonSchema[] | undefined;
}

export const jsonSchema: z.ZodType<JsonSchema> = z.lazy(() =>
  z.object({
    type: z.string().optional(),
    format: z.string().optional(),
    enum: z.array(z.unknown()).optional(),
    properties: z.record(z.string(), jsonSchema).optional(),
    required: z.array(z.string()).optional(),
    items: jsonSchema.optional(),
    allOf: z.array(jsonSchema).optional(),
  })
);

const formats: Record<string, RegExp> = {
  uuid: /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/,
  datetime: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/,
  e164_phone_number: /^\+[1-9]\d{6,14}$/,
  int64: /^\d+$/,
  int: /^\d+$/,
  "json-pointer": /^(\/.*)?$/,
};

function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : typeof value;
}

function merge({ allOf = [], ...schema }: JsonSchema): JsonSchema {
  return allOf.map(merge).reduce((merged, part) => ({
    ...merged,
    ...part,
    properties: { ...merged.properties, ...part.properties },
    required: [...merged.required ?? [], ...part.required ?? []],
  }), schema);
}

function checkScalar(schema: JsonSchema, value: unknown, path: string): string[] {
  if (schema.enum && !schema.enum.includes(value)) return [`${path}: not one of the values`];
  const format = formats[schema.format ?? ""];
  if (format && typeof value === "string" && !format.test(value)) {
    return [`${path}: not a ${schema.format}`];
  }
  return [];
}

/** Where a value differs from its schema, as `path: what`; indexes are left out of the path. */
export function differences(given: JsonSchema, value: unknown, path = ""): string[] {
  const schema = merge(given);
  const { properties } = schema;
  const expected = schema.type ?? (properties ? "object" : undefined);
  const actual = typeOf(value);
  if (expected !== undefined && expected !== actual) return [`${path}: ${actual}`];
  if (Array.isArray(value)) {
    return value.flatMap((item) => differences(schema.items ?? {}, item, `${path}[]`));
  }
  if (typeof value !== "object" || value === null || !properties) {
    return checkScalar(schema, value, path);
  }
  const missing = (schema.required ?? []).filter((name) => !(name in value));
  const inside = (name: string) => path === "" ? name : `${path}.${name}`;
  return [
    ...missing.map((name) => `${inside(name)}: missing`),
    ...Object.entries(value).flatMap(([name, part]) => {
      const known = properties[name];
      return known ? differences(known, part, inside(name)) : [`${inside(name)}: unknown`];
    }),
  ];
}
