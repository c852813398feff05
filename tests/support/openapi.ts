import { z } from "zod";
import { createDocument } from "../../functions/intake-calls/openapi.ts";
import { assert } from "./assert.ts";
import type { Answer } from "./calls.ts";

const media = z.object({
  "application/json": z.object({ schema: z.object({ $ref: z.string() }) }),
});
const operation = z.object({
  responses: z.record(z.string(), z.object({ content: media })),
});
const jsonSchema = z.record(z.string(), z.json());
const document = z.object({
  openapi: z.literal("3.1.0"),
  paths: z.record(
    z.string(),
    z.object({ post: operation.optional(), get: operation.optional() }),
  ),
  components: z.object({ schemas: z.record(z.string(), jsonSchema) }),
}).parse(JSON.parse(JSON.stringify(createDocument())));

/** Fails unless the document says that this path answers so. */
export function assertDocumented(
  { status, body }: Pick<Answer, "status" | "body">,
  path = "/intake-calls",
  method: "get" | "post" = "post",
): void {
  const response = document.paths[path]?.[method]?.responses[status];
  assert(response, `${path} does not document status ${status}: ${JSON.stringify(body)}`);
  const name = response.content["application/json"].schema.$ref.split("/").at(-1) ?? "";
  const schema = document.components.schemas[name];
  assert(schema, `${name} is not in components`);
  const parsed = z.fromJSONSchema(schema).safeParse(body);
  assert(parsed.success, `${status} is no ${name}: ${parsed.error?.message}`);
}
