import { createConfig, lintFromString } from "@redocly/openapi-core";
import openapiTS, { astToString } from "openapi-typescript";
import { createDocument } from "../../../functions/intake-calls/openapi.ts";
import { assert, assertEquals } from "../../support/assert.ts";

const source = JSON.stringify(createDocument());

// What a caller writes with the generated types; each line that is marked must not compile.
const CALLER = `import type { components, operations, paths } from "./client.ts";

type Answers = paths["/intake-calls"]["post"]["responses"];
export const placed: Answers[202]["content"]["application/json"] = {
  status: "queued",
  intake_id: "intake-1",
  dispatch_id: null,
  caller_id: "+12125550100",
  room_name: "call-1",
  sip_call_id: "SCL_1",
};
export const request: components["schemas"]["IntakeCallRequest"] = {
  organization_id: "0da4a59a-275f-4c5e-9d6c-0c1f5a6b7c8d",
  patient_id: "9092481d-0535-4f0e-8a55-6d2b1f3c4e5f",
  phone_number: "+15551234567",
  metadata: { questions: ["allergies"], nested: { deep: [1, null] } },
};
export function isOver(state: components["schemas"]["IntakeCallState"]): boolean {
  return state.ended_at !== null && state.outcome !== null && state.attempt > 0;
}
export type Query = operations["getIntakeCall"]["parameters"]["query"];
export const problem = (answer: Answers[429]["content"]["application/json"]) => answer.retry_at;
// @ts-expect-error: patient_id is missing
export const wrong: components["schemas"]["IntakeCallRequest"] = { organization_id: "", phone_number: "" };
// @ts-expect-error: there is no such outcome
export const report: components["schemas"]["EndedReport"] = { outcome: "won" };
`;

Deno.test("a client is generated from it, and compiles", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/client.ts`, astToString(await openapiTS(source)));
    await Deno.writeTextFile(`${folder}/caller.ts`, CALLER);
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--quiet", "caller.ts"],
      cwd: folder,
      env: { NO_COLOR: "1" },
    }).output();
    assert(success, new TextDecoder().decode(stderr));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a linter finds nothing in it", async () => {
  const config = await createConfig({ extends: ["recommended-strict"] });
  const lint = async (text: string) =>
    (await lintFromString({ source: text, absoluteRef: "openapi.json", config }))
      .map(({ ruleId, message, location }) => `${ruleId} ${location[0]?.pointer}: ${message}`);
  assertEquals(await lint(source), []);
  // It would find something.
  const { info: { license: _license, ...info }, ...rest } = createDocument();
  assertEquals((await lint(JSON.stringify({ ...rest, info }))).length, 1);
});
