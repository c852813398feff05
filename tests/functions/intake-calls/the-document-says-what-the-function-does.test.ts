import { z } from "zod";
import { ERRORS } from "../../../functions/_shared/errors.ts";
import { assert, assertEquals, assertStringIncludes } from "../../support/assert.ts";
import { withCalls } from "../../support/calls.ts";

const operation = z.object({
  operationId: z.string(),
  responses: z.record(z.string(), z.unknown()),
});
const schema = z.object({
  openapi: z.literal("3.1.0"),
  paths: z.record(
    z.string(),
    z.object({ get: operation.optional(), post: operation.optional() }),
  ),
  components: z.object({ schemas: z.record(z.string(), z.record(z.string(), z.json())) }),
});

Deno.test("the document is served to anybody, and says what the function does", () =>
  withCalls(async ({ handler }) => {
    for (const path of ["/intake-calls", "/functions/v1/intake-calls"]) {
      const response = await handler(new Request(`http://localhost${path}/openapi.json`));
      assertEquals(response.status, 200);
      const text = await response.text();
      const document = schema.parse(JSON.parse(text));
      const operations = Object.entries(document.paths).flatMap(([where, { get, post }]) => [
        ...get ? [`get ${where} ${get.operationId}`] : [],
        ...post ? [`post ${where} ${post.operationId}`] : [],
      ]);
      assertEquals(operations, [
        "post /intake-calls placeIntakeCall",
        "get /intake-calls/{intake_id} getIntakeCall",
        "post /intake-calls/{intake_id}/answered reportAnswered",
        "post /intake-calls/{intake_id}/ended reportEnded",
        "post /intake-calls/{intake_id}/opt-out reportOptOut",
      ]);
      assert(!text.includes("$defs"), "every schema stands in components");
      const { IntakeCallRequest } = document.components.schemas;
      assert(IntakeCallRequest);
      assertEquals(IntakeCallRequest.required, ["organization_id", "patient_id", "phone_number"]);
      // Every reference leads somewhere.
      for (const [, pointer = ""] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
        let place: unknown = JSON.parse(text);
        for (const part of pointer.split("/")) {
          place = z.record(z.string(), z.unknown()).parse(place)[part];
        }
        assert(place, pointer);
      }
      const placing = JSON.stringify(document.paths["/intake-calls"]?.post?.responses);
      for (
        const code of ["no_phone_number", "do_not_call", "outside_calling_hours", "callee_busy"]
      ) {
        assert(code in ERRORS);
        assertStringIncludes(placing, code);
      }
      // Only codes that this operation answers with.
      for (const code of ["intake_call_not_found", "claim_lost", "quarantine_running"]) {
        assert(code in ERRORS && !placing.includes(code), code);
      }
    }
    const posted = new Request("http://localhost/intake-calls/openapi.json", { method: "POST" });
    assertEquals((await handler(posted)).status, 405);
  }));
