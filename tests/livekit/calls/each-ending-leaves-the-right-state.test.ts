import { assert, assertEquals } from "../../support/assert.ts";
import type { Carrier, Scenario } from "../support/carrier.ts";
import { startReportingAgent } from "../support/reporting-agent.ts";
import type { SipCall } from "../support/sip-calls.ts";
import { until } from "../support/until.ts";
import { type Wire, wireTest } from "../support/wire.ts";

interface Ending {
  scenario: Scenario;
  /** The agent ends the call after the patient has answered. */
  agentHangsUp?: boolean;
  status: string;
  reason: string | null;
  /** INVITEs: the answer to a challenge is the second of the same call. */
  invites?: number;
}

// LiveKit has one DisconnectReason, USER_REJECTED, for a busy line, a patient who declines and a
// carrier that refuses the caller ID: livekit/sip classifyInviteError.
const ENDINGS: Ending[] = [
  { scenario: "answers-and-hangs-up", status: "completed", reason: null },
  { scenario: "answers-and-stays", agentHangsUp: true, status: "completed", reason: null },
  { scenario: "challenges", agentHangsUp: true, status: "completed", reason: null, invites: 2 },
  { scenario: "busy", status: "declined", reason: "user_rejected" },
  { scenario: "declines", status: "declined", reason: "user_rejected" },
  { scenario: "refuses-caller-id", status: "declined", reason: "user_rejected" },
  { scenario: "not-found", status: "no_answer", reason: "user_unavailable" },
  { scenario: "out-of-service", status: "failed", reason: "carrier_failure" },
  { scenario: "rings-for-ever", status: "no_answer", reason: "user_unavailable" },
  { scenario: "never-answers", status: "no_answer", reason: "user_unavailable" },
];

const RINGING_SECONDS = 5;
const AGENT_TALKS_MILLISECONDS = 2500;
const PATIENT_TALKS_MILLISECONDS = 3300;
const rooms: string[] = [];

interface Row extends Record<string, unknown> {
  status: string;
  reason: string | null;
  ring: number | null;
  talk: number | null;
}

for (const ending of ENDINGS) {
  const title = ending.agentHangsUp ? `${ending.scenario}, the agent hangs up` : ending.scenario;
  wireTest(`each ending leaves the right state: ${title}`, async (wire) => {
    await wire.query("update phone_pool.settings set ringing_seconds = $1", [RINGING_SECONDS]);
    const talkMilliseconds = PATIENT_TALKS_MILLISECONDS;
    await using carrier = await wire.startCarrier(ending.scenario, { talkMilliseconds });
    await using _agent = await startReportingAgent(
      wire,
      ending.agentHangsUp ? AGENT_TALKS_MILLISECONDS : undefined,
    );
    const patient = wire.nextPatient();
    const [clinic] = await wire.clinics(1);
    const placed = await wire.call(clinic!, patient);
    rooms.push(placed.room_name);
    const row = await endOf(wire, placed.sip_call_id);
    const call = await lastOf(carrier, patient);
    assertEquals([row.status, row.reason], [ending.status, ending.reason]);
    assertEquals(call.invites.length, ending.invites ?? 1);
    assertTimesAgree(row, call);
  });
}

wireTest("each ending leaves the right state: and no room", async (wire) => {
  assertEquals(rooms.length, ENDINGS.length);
  await until("every room is closed", async () => (await wire.rooms.listRooms(rooms)).length === 0);
});

async function endOf(wire: Wire, sipCallId: string): Promise<Row> {
  return await until("the call has ended", async () => {
    const [row] = await wire.query<Row>(
      `select status, reason, extract(epoch from ring_time)::float * 1000 as ring,
         extract(epoch from talk_time)::float * 1000 as talk
       from phone_pool.intake_calls where sip_call_id = $1 and ended_at is not null`,
      [sipCallId],
    );
    return row;
  });
}

async function lastOf(carrier: Carrier, patient: string): Promise<SipCall> {
  const calls = (await carrier.calls()).filter(({ to }) => to === patient);
  const [call, ...more] = calls;
  assertEquals(more, []);
  if (!call) throw new Error("the patient was not called");
  return call;
}

// LiveKit's events are timed in whole seconds, cut off; what the agent reports takes a moment.
const TOLERANCE_MILLISECONDS = 1100;

function assertTimesAgree(row: Row, call: SipCall): void {
  const { invitedAt, answeredAt, hungUpAt, cancelledAt } = call;
  if (answeredAt !== undefined && hungUpAt !== undefined) {
    assertAgrees("ring time", row.ring, answeredAt - invitedAt);
    assertAgrees("talk time", row.talk, hungUpAt - answeredAt);
  } else {
    assertEquals(row.talk, null);
    const end = cancelledAt ?? call.messages.at(-1)!.at;
    if (row.ring !== null) assertAgrees("ring time", row.ring, end - invitedAt);
  }
}

function assertAgrees(what: string, told: number | null, seen: number): void {
  assert(
    told !== null && Math.abs(told - seen) <= TOLERANCE_MILLISECONDS,
    `${what}: ${told} ms, but SIPp saw ${seen} ms`,
  );
}
