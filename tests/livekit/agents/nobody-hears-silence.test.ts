import { createKnowAgent } from "../../../functions/_shared/agents.ts";
import { createDatabase } from "../../../functions/_shared/database.ts";
import { createLog } from "../../../functions/_shared/log.ts";
import { createTelephony } from "../../../functions/_shared/telephony.ts";
import { createAuthenticate } from "../../../functions/_shared/users.ts";
import { createCalls } from "../../../functions/intake-calls/calls.ts";
import { createHandler } from "../../../functions/intake-calls/handler.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import type { Scenario } from "../support/carrier.ts";
import { type Ending, startPythonAgent } from "../support/python-agent.ts";
import { until } from "../support/until.ts";
import { type Wire, wireTest } from "../support/wire.ts";

const SILENCE_MILLISECONDS = 5000;

const rowOf = (wire: Wire, sipCallId: string) =>
  until("the end is recorded", async () => {
    const [row] = await wire.query(
      `select status, reason from phone_pool.intake_calls
       where sip_call_id = $1 and left_at is not null`,
      [sipCallId],
    );
    return row;
  });

const ENDINGS: [Ending, Scenario][] = [
  ["shuts-down", "answers-and-stays"],
  ["raises", "answers-and-stays"],
  ["is-killed", "answers-and-stays"],
  ["leaves-while-ringing", "rings-for-ever"],
];

for (const [ending, scenario] of ENDINGS) {
  wireTest(`nobody hears silence: an agent of LiveKit's framework ${ending}`, async (wire) => {
    await using carrier = await wire.startCarrier(scenario);
    // A process is begun for each of its jobs.
    await wire.query("update phone_pool.settings set agent_wait_seconds = 20");
    await using agent = await startPythonAgent(wire, ending);
    const [clinic] = await wire.clinics(1);
    const patient = wire.nextPatient();
    const placed = await wire.call(clinic!, patient);
    const endedAt = await agent.endedAt(placed.room_name);
    const call = await carrier.call(
      patient,
      "LiveKit ends the call",
      ({ hungUpAt, cancelledAt }) => hungUpAt !== undefined || cancelledAt !== undefined,
    );
    const silence = (call.hungUpAt ?? call.cancelledAt ?? Infinity) - endedAt;
    console.log(`${ending}: ${silence} ms until the phone was hung up`);
    assert(silence <= SILENCE_MILLISECONDS, `${silence} ms`);
    assertEquals(await rowOf(wire, placed.sip_call_id), {
      status: "failed",
      reason: "agent_left",
    });
  });
}

wireTest("nobody hears silence: an agent without media is none", async (wire) => {
  await using carrier = await wire.startCarrier("answers-and-stays");
  await using agent = await wire.startAgent({ when: "gets-no-media" });
  const [clinic] = await wire.clinics(1);
  const patient = wire.nextPatient();
  const { status, body } = await wire.application.call(clinic!, patient);
  assertEquals([status, body.code], [502, "agent_unavailable"]);
  assertEquals([agent.rooms.length, agent.failures], [1, []]);
  assertEquals((await carrier.calls()).filter(({ to }) => to === patient), []);
});

wireTest("nobody hears silence: a call that is handed over goes on", async (wire) => {
  await using carrier = await wire.startCarrier("answers-and-stays");
  await using first = await wire.startAgent();
  const [clinic] = await wire.clinics(1);
  const patient = wire.nextPatient();
  const placed = await wire.call(clinic!, patient);
  await carrier.call(patient, "an answer", ({ answeredAt }) => answeredAt !== undefined);
  await using second = await wire.startAgent({ name: "specialist" });
  await wire.dispatches.createDispatch(placed.room_name, "specialist");
  await until("the second is there", () => second.joinedAt.has(placed.room_name));
  first.leave(placed.room_name);
  await until("the first has left", () => first.leftAt.has(placed.room_name));
  // Longer than a call without an agent would last.
  await new Promise((resolve) => setTimeout(resolve, SILENCE_MILLISECONDS));
  const call = await carrier.call(patient, "an answer", () => true);
  assertEquals(call.hungUpAt, undefined);
  second.leave(placed.room_name);
  assertEquals((await rowOf(wire, placed.sip_call_id)).reason, "agent_left");
});

/** intake-calls in this process, on the stack's database, without LIVEKIT_AGENT_NAME. */
function withoutAgentName({ info }: Wire) {
  const { stack, livekit, trunkId } = info;
  const key = stack.secret_key;
  const work: Promise<void>[] = [];
  const handler = createHandler({
    authenticate: createAuthenticate([key], undefined, () => {}),
    knowAgent: createKnowAgent(livekit.apiKey, livekit.apiSecret),
    secrets: [],
    calls: createCalls(createDatabase(stack.api_url, key)),
    telephony: createTelephony({
      LIVEKIT_URL: livekit.url,
      LIVEKIT_API_KEY: livekit.apiKey,
      LIVEKIT_API_SECRET: livekit.apiSecret,
      LIVEKIT_SIP_TRUNK_ID: trunkId,
    }),
    delay: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    runInBackground: (run) => void work.push(run()),
    createLog: (request_id) => createLog("intake-calls", () => {}, { request_id }),
  });
  return {
    async call(clinic: { id: string }, phone_number: string) {
      const body = { organization_id: clinic.id, patient_id: crypto.randomUUID(), phone_number };
      const response = await handler(
        new Request("http://localhost/intake-calls", {
          method: "POST",
          headers: { "Content-Type": "application/json", apikey: key },
          body: JSON.stringify(body),
        }),
      );
      return { status: response.status, body: await response.json() };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(work);
    },
  };
}

wireTest("nobody hears silence: without LIVEKIT_AGENT_NAME no phone rings alone", async (wire) => {
  await using carrier = await wire.startCarrier("answers-and-stays");
  await using product = withoutAgentName(wire);
  const [clinic] = await wire.clinics(1);
  const [alone, patient] = [wire.nextPatient(), wire.nextPatient()];
  const { status, body } = await product.call(clinic!, alone);
  assertEquals([status, body.code], [502, "agent_unavailable"]);
  await using agent = await wire.startAgent({ name: "" });
  const answer = await product.call(clinic!, patient);
  assertEquals([answer.status, answer.body.dispatch_id], [202, null]);
  assert(agent.joinedAt.has(answer.body.room_name));
  const call = await carrier.call(patient, "an answer", ({ answeredAt }) => !!answeredAt);
  assert(call.invitedAt >= agent.joinedAt.get(answer.body.room_name)!);
  agent.leave(answer.body.room_name);
  await carrier.call(patient, "a hang-up", ({ hungUpAt }) => hungUpAt !== undefined);
  assertEquals((await carrier.calls()).filter(({ to }) => to === alone), []);
});
