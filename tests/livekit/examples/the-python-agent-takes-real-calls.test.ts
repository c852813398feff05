import { inRoot } from "../../../supabase/local/stack/paths.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { pythonWith } from "../../support/python.ts";
import { until } from "../support/until.ts";
import { type Wire, wireTest } from "../support/wire.ts";

/** livekit-agents with supabase/examples/agent.py, registered under the name that is dispatched. */
async function startPythonAgent(python: string, { info }: Wire): Promise<AsyncDisposable> {
  const process = new Deno.Command(python, {
    args: [inRoot("tests", "livekit", "support", "python_agent.py"), "start"],
    env: {
      EXAMPLES: inRoot("supabase", "examples"),
      SUPABASE_URL: info.stack.api_url,
      LIVEKIT_URL: info.livekit.url.replace(/^http/, "ws"),
      LIVEKIT_API_KEY: info.livekit.apiKey,
      LIVEKIT_API_SECRET: info.livekit.apiSecret,
      LIVEKIT_AGENT_NAME: info.agentName,
    },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const registered = Promise.withResolvers<void>();
  let said = "";
  const follow = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      said += text;
      if (said.includes("registered worker")) registered.resolve();
    }
    registered.reject(new Error(said));
  };
  const reading = [follow(process.stdout), follow(process.stderr)];
  await registered.promise;
  return {
    async [Symbol.asyncDispose]() {
      process.kill("SIGTERM");
      await process.status;
      await Promise.all(reading);
    },
  };
}

async function place({ info }: Wire, organization: string, patient: string, script: string) {
  const response = await fetch(`${info.stack.functions_url}/intake-calls`, {
    method: "POST",
    headers: { apikey: info.stack.secret_key, "Content-Type": "application/json" },
    body: JSON.stringify({
      organization_id: organization,
      patient_id: crypto.randomUUID(),
      phone_number: patient,
      metadata: { script },
    }),
  });
  return { status: response.status, body: await response.json() };
}

const python = await pythonWith("livekit.agents", "aiohttp");

const SCRIPTS: [script: string, outcome: string | null, isSuppressed: boolean][] = [
  ["completed", "completed", false],
  ["voicemail", "voicemail", false],
  ["opt-out", "completed", true],
  ["crash", null, false],
];

if (python === undefined) {
  Deno.test({ name: "the Python agent of the example (pip install)", ignore: true, fn() {} });
} else {
  wireTest("the Python agent of the example: reads, reports and hangs up", async (wire) => {
    await using carrier = await wire.startCarrier("answers-and-stays");
    await using _agent = await startPythonAgent(python, wire);
    const [clinic] = await wire.clinics(1);
    assert(clinic);
    for (const [script, outcome, isSuppressed] of SCRIPTS) {
      let patient = wire.nextPatient();
      let placed = await place(wire, clinic.id, patient, script);
      // The server confirms a registration before it listens for jobs: the first may be lost.
      await until("the agent takes the job", async () => {
        if (placed.status === 202) return true;
        patient = wire.nextPatient();
        placed = await place(wire, clinic.id, patient, script);
        return placed.status === 202;
      }, 40);
      assertEquals(placed.body.caller_id, clinic.phone);
      await carrier.call(patient, "a hang-up", ({ hungUpAt }) => hungUpAt !== undefined);
      const row = await until("the record is complete", async () => {
        const [found] = await wire.query(
          `select status, reported_outcome, answered_at is not null as was_answered,
             phone_pool.is_do_not_call(organization_id, callee) as is_suppressed
           from phone_pool.intake_calls where callee = $1 and ended_at is not null`,
          [patient],
        );
        return found;
      });
      assertEquals(row, {
        status: outcome ?? "completed",
        reported_outcome: outcome,
        was_answered: true,
        is_suppressed: isSuppressed,
      }, script);
    }
  });
}
