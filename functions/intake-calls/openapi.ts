import { z } from "zod";
import type { ErrorCode } from "../_shared/errors.ts";
import { VERSION } from "../_shared/version.ts";
import { OF_CALLS, problems } from "./problems.ts";
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
import { intakeCallRepetition, intakeCallState } from "./state.ts";

const schemas = {
  IntakeCallRequest: intakeCallRequest,
  IntakeCallResponse: intakeCallResponse,
  IntakeCallRepetition: intakeCallRepetition,
  IntakeCallState: intakeCallState,
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

const backend = { secretKey: [] };
const user = { user: [] };
const agent = { agent: [] };

/** The OpenAPI 3.1 document of this function, made of the schemas that it parses with. */
export function createDocument() {
  const path = "/intake-calls/{intake_id}";
  return {
    openapi: "3.1.0",
    info: {
      title: "phone-pool: intake calls",
      version: VERSION,
      summary: "Calls patients, each organization from its own number.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "https://{project}.supabase.co/functions/v1", variables }],
    security: [backend, user],
    paths: {
      "/intake-calls": { post: placing() },
      [path]: { parameters: [intakeId], get: reading() },
      [`${path}/answered`]: reporting("reportAnswered", "The patient answered", "AnsweredReport"),
      [`${path}/ended`]: reporting("reportEnded", "The call ended", "EndedReport"),
      [`${path}/opt-out`]: { parameters: [anyName], post: optingOut() },
    },
    components: { schemas: jsonSchemas(), securitySchemes },
  };
}

const variables = { project: { default: "your-project-ref" } };
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
    description:
      "A LiveKit access token for the room of the agent's job, with the grant agent or " +
      "roomAdmin: for its own call only.",
  },
};

const intakeId = {
  name: "intake_id",
  in: "path",
  required: true,
  description: "The intake_id; or the call_id, which is all that an agent is told by its dispatch.",
  schema: { type: "string", pattern: "^[A-Za-z0-9_.:-]{1,64}$" },
};

// A stop counts even where the call is named wrongly.
const anyName = { ...intakeId, schema: { type: "string", minLength: 1 } };

const organizationId = {
  name: "organization_id",
  in: "query",
  required: true,
  description: "Whose intake_id it is. An agent, which speaks for its room, may leave it out.",
  schema: { type: "string", format: "uuid" },
};

const UNEXPECTED: ErrorCode[] = ["internal_error", "database_unavailable", "method_not_allowed"];
const OF_BODIES: ErrorCode[] = ["invalid_request", "request_too_large"];
const OF_ASKING: ErrorCode[] = ["unauthorized", "not_allowed", "intake_call_not_found"];

function placing() {
  return {
    operationId: "placeIntakeCall",
    summary: "Call a patient from the organization's own number",
    requestBody: { required: true, content: content("IntakeCallRequest") },
    responses: {
      200: {
        description: "This intake_id was sent before: the call as it is now",
        content: content("IntakeCallRepetition"),
      },
      202: {
        description: "LiveKit has the call, and the phone is about to ring",
        content: content("IntakeCallResponse"),
      },
      ...problems([...UNEXPECTED, ...OF_BODIES, ...OF_CALLS], [400]),
    },
  };
}

function reading() {
  return {
    operationId: "getIntakeCall",
    summary: "How a call stands",
    security: [backend, user, agent],
    parameters: [organizationId],
    responses: {
      200: { description: "The call as it is now", content: content("IntakeCallState") },
      ...problems([...UNEXPECTED, ...OF_ASKING, "invalid_request"]),
    },
  };
}

function reporting(operationId: string, summary: string, body: "AnsweredReport" | "EndedReport") {
  const post = {
    operationId,
    summary,
    security: [backend, agent],
    requestBody: { required: body === "EndedReport", content: content(body) },
    responses: {
      200: { description: "Recorded", content: content("CallState") },
      ...problems([...UNEXPECTED, ...OF_BODIES, ...OF_ASKING], [400]),
    },
  };
  return { parameters: [intakeId], post };
}

function optingOut() {
  return {
    operationId: "reportOptOut",
    summary: "The patient wants no more calls",
    security: [backend, agent, user],
    requestBody: { required: false, content: content("OptOutReport") },
    responses: {
      200: { description: "Suppressed at once", content: content("Suppression") },
      ...problems([...UNEXPECTED, ...OF_BODIES, ...OF_ASKING], [400]),
    },
  };
}

function jsonSchemas() {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => {
      const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: "input" });
      return [name, rest];
    }),
  );
}
