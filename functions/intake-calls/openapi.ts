import { z } from "zod";
import { ERRORS } from "../_shared/errors.ts";
import {
  answeredReport,
  callState,
  endedReport,
  intakeCallRequest,
  intakeCallResponse,
  optOutReport,
  problem,
  suppression,
} from "./schema.ts";

const schemas = {
  IntakeCallRequest: intakeCallRequest,
  IntakeCallResponse: intakeCallResponse,
  AnsweredReport: answeredReport,
  EndedReport: endedReport,
  OptOutReport: optOutReport,
  CallState: callState,
  Suppression: suppression,
  Problem: problem,
};
type SchemaName = keyof typeof schemas;

const ref = (name: SchemaName) => ({ $ref: `#/components/schemas/${name}` });
const content = (name: SchemaName) => ({ "application/json": { schema: ref(name) } });

/** The OpenAPI 3.1 document of this function, made of the schemas that it parses with. */
export function createDocument() {
  const path = "/intake-calls/{intake_id}";
  return {
    openapi: "3.1.0",
    info: {
      title: "phone-pool: intake calls",
      version: "1.0.0",
      description: "Calls patients, each organization from its own number.",
    },
    servers: [{ url: "https://{project}.supabase.co/functions/v1", variables: { project } }],
    security: [{ secretKey: [] }, { user: [] }],
    paths: {
      "/intake-calls": { post: placing() },
      [`${path}/answered`]: {
        post: reporting("The patient answered", "AnsweredReport", "CallState"),
      },
      [`${path}/ended`]: { post: reporting("The call ended", "EndedReport", "CallState", true) },
      [`${path}/opt-out`]: {
        post: reporting("The patient wants no more calls", "OptOutReport", "Suppression"),
      },
    },
    components: { schemas: jsonSchemas(), securitySchemes },
  };
}

const project = { default: "your-project-ref" };

const securitySchemes = {
  secretKey: {
    type: "apiKey",
    in: "header",
    name: "apikey",
    description: "A secret key of the project, sb_secret_…: the application's backend.",
  },
  user: {
    type: "http",
    scheme: "bearer",
    description: "A signed-in user's access token; for the user's own organization only.",
  },
  agent: {
    type: "http",
    scheme: "bearer",
    description: "The LiveKit access token of an agent's job: for reports on its own call only.",
  },
};

function placing() {
  return {
    operationId: "placeIntakeCall",
    summary: "Call a patient from the organization's own number",
    requestBody: { required: true, content: content("IntakeCallRequest") },
    responses: {
      200: {
        description: "This intake_id was sent before: the first answer again",
        content: content("IntakeCallResponse"),
      },
      202: {
        description: "LiveKit has the call, and the phone is about to ring",
        content: content("IntakeCallResponse"),
      },
      ...problems([400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 502, 503, 504]),
    },
  };
}

function reporting(summary: string, body: SchemaName, answer: SchemaName, isRequired = false) {
  return {
    summary,
    security: [
      { secretKey: [] },
      { agent: [] },
      ...(body === "OptOutReport" ? [{ user: [] }] : []),
    ],
    parameters: [{
      name: "intake_id",
      in: "path",
      required: true,
      description: "The intake_id, or the call_id in the metadata of the agent's dispatch.",
      schema: { type: "string", pattern: "^[A-Za-z0-9_.:-]{1,64}$" },
    }],
    requestBody: { required: isRequired, content: content(body) },
    responses: {
      200: { description: "Recorded", content: content(answer) },
      ...problems([400, 401, 403, 404, 405, 413, 422, 500, 503]),
    },
  };
}

function problems(statuses: number[]) {
  return Object.fromEntries(statuses.map((status) => [status, {
    description: descriptionOf(status),
    ...(status === 429 || status === 409 ? { headers: { "Retry-After": retryAfter } } : {}),
    content: content("Problem"),
  }]));
}

const retryAfter = { description: "Seconds until retry_at", schema: { type: "integer" } };

function descriptionOf(status: number): string {
  const codes = Object.entries(ERRORS).filter(([, error]) => error.status === status)
    .map(([code]) => code);
  if (status === 400) codes.push("invalid_request");
  return codes.join(", ");
}

function jsonSchemas() {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => {
      const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: "input" });
      return [name, inComponents(name, rest)];
    }),
  );
}

/** A schema that refers to parts of its own looks for them at its own place in the document. */
function inComponents(name: string, schema: unknown): unknown {
  const text = JSON.stringify(schema)
    .replaceAll('"$ref":"#/', `"$ref":"#/components/schemas/${name}/`);
  return JSON.parse(text);
}
