import { assert, assertEquals } from "../../support/assert.ts";
import type { Carrier, Scenario } from "../support/carrier.ts";
import type { SipCall } from "../support/sip-calls.ts";
import { until } from "../support/until.ts";
import { type Wire, wireTest } from "../support/wire.ts";

interface Ending {
  scenario: Scenario;
  /** The agent ends the call after the patient has answered. */
  agentHangsUp?: boolean;
  status: string;
  reason: string | null;
  /** What the carrier said, as far as it is on record. */
  sip?: string;
  /** INVITEs: the answer to a challenge is the second of the same call. */
  invites?: number;
}

// The webhooks have one DisconnectReason, USER_REJECTED, for a busy line, a patient who declines and
// a carrier that refuses the caller ID (livekit/sip classifyInviteError): the SIP status is told by
// LiveKit's answer to the dial.
const ENDINGS: Ending[] = [
  { scenario: "answers-and-hangs-up", status: "completed", reason: null },
  { scenario: "answers-and-stays", agentHangsUp: true, status: "completed", reason: null },
  { scenario: "challenges", agentHangsUp: true, status: "completed", reason: null, invites: 2 },
  { scenario: "busy", status: "busy", reason: "callee_busy", sip: "486 Busy Here" },
  { scenario: "declines", status: "declined", reason: "callee_declined", sip: "603 Decline" },
  {
    scenario: "refuses-caller-id",
    status: "failed",
    reason: "carrier_failure",
    sip: "403 Caller Origination Number is Invalid D35",
  },
  {
    scenario: "not-found",
    status: "no_answer",
    reason: "callee_unavailable",
    sip: "404 Not Found",
  },
  {
    scenario: "out-of-service",
    status: "failed",
    reason: "carrier_failure",
    sip: "503 Service Unavailable",
  },
  // The carrier asks for the password of the trunk again and again: five times.
  { scenario: "refuses-login", status: "failed", reason: "trunk_login_refused", invites: 5 },
  // The patient had picked up.
  { scenario: "answers-without-sdp", status: "failed", reason: "media_refused" },
  { scenario: "answers-in-a-foreign-codec", status: "failed", reason: "media_refused" },
  {
    scenario: "network-blocks",
    status: "blocked",
    reason: "call_blocked",
    sip: "603 Network Blocked",
  },
  { scenario: "network-rejects", status: "blocked", reason: "call_blocked", sip: "608 Rejected" },
  {
    scenario: "patient-marks-as-unwanted",
    status: "blocked",
    reason: "call_blocked",
    sip: "607 Unwanted",
  },
  { scenario: "rings-for-ever", status: "no_answer", reason: "user_unavailable" },
  { scenario: "never-answers", status: "no_answer", reason: "user_unavailable" },
];

const RINGING_SECONDS = 5;
const AGENT_TALKS_MILLISECONDS = 2500;
const PATIENT_TALKS_MILLISECONDS = 3300;
const rooms: string[] = [];

interface Row extends Record<string, unknown> {
  room_name: string;
  status: string;
  reason: string | null;
  sip: string | null;
  ring: number | null;
  talk: number | null;
}

for (const ending of ENDINGS) {
  const title = ending.agentHangsUp ? `${ending.scenario}, the agent hangs up` : ending.scenario;
  wireTest(`each ending leaves the right state: ${title}`, async (wire) => {
    await wire.query("update phone_pool.settings set ringing_seconds = $1", [RINGING_SECONDS]);
    const talkMilliseconds = PATIENT_TALKS_MILLISECONDS;
    await using carrier = await wire.startCarrier(ending.scenario, { talkMilliseconds });
    // It reports nothing: LiveKit alone tells when the patient answered.
    await using _agent = await wire.startAgent({
      onCallStatus: async ({ status, room }) => {
        if (!ending.agentHangsUp || status !== "active") return;
        await new Promise((resolve) => setTimeout(resolve, AGENT_TALKS_MILLISECONDS));
        await wire.rooms.deleteRoom(room);
      },
    });
    const patient = wire.nextPatient();
    const [clinic] = await wire.clinics(1);
    const { status, body } = await wire.application.call(clinic!, patient);
    // LiveKit may have had a call that fails for too short a time to be seen to have it.
    if (status !== 202) assertEquals([status, body.code], [502, ending.reason]);
    const row = await endOf(wire, patient);
    rooms.push(row.room_name);
    const call = await lastOf(carrier, patient);
    assertEquals([row.status, row.reason], [ending.status, ending.reason]);
    assertEquals(row.sip, ending.sip ?? null);
    assertEquals(call.invites.length, ending.invites ?? 1);
    assertTimesAgree(row, call);
  });
}

wireTest(
  "each ending leaves the right state: busy at once, whatever was answered",
  async (wire) => {
    await using carrier = await wire.startCarrier("busy-at-once");
    await using _agent = await wire.startAgent();
    const [clinic] = await wire.clinics(1);
    const patient = wire.nextPatient();
    const { status, body } = await wire.application.call(clinic!, patient);
    // LiveKit may have had the call for too short a time to be seen to have it.
    if (status !== 202) assertEquals([status, body.code], [502, "callee_busy"]);
    const row = await until("the call has ended", async () => {
      const [row] = await wire.query(
        `select status, reason, dial_sip_status, room_name from phone_pool.intake_calls
       where callee = $1 and dial_failed_at is not null and left_at is not null`,
        [patient],
      );
      return row;
    });
    assertEquals([row.status, row.reason, row.dial_sip_status], ["busy", "callee_busy", 486]);
    assertEquals((await lastOf(carrier, patient)).invites.length, 1);
    rooms.push(String(row.room_name));
  },
);

wireTest("each ending leaves the right state: and no room", async (wire) => {
  assertEquals(rooms.length, ENDINGS.length + 1);
  await until("every room is closed", async () => (await wire.rooms.listRooms(rooms)).length === 0);
});

async function endOf(wire: Wire, patient: string): Promise<Row> {
  return await until("the call has ended", async () => {
    const [row] = await wire.query<Row>(
      `select status, reason, room_name, substring(dial_failure from 'sip (.*)') as sip, extract(epoch from ring_time)::float * 1000 as ring,
         extract(epoch from talk_time)::float * 1000 as talk
       from phone_pool.intake_calls where callee = $1 and left_at is not null
         and (dial_answered_at is not null or dial_failed_at is not null)`,
      [patient],
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

const TOLERANCE_MILLISECONDS = 1000;

function assertTimesAgree(row: Row, call: SipCall): void {
  const { invitedAt, answeredAt, hungUpAt, cancelledAt } = call;
  if (answeredAt !== undefined && hungUpAt !== undefined && row.status !== "failed") {
    assertAgrees("ring time", row.ring, answeredAt - invitedAt);
    assertAgrees("talk time", row.talk, hungUpAt - answeredAt);
  } else {
    assertEquals(row.talk, null);
    // How long it rang is not told of a call that failed.
    assertEquals(row.ring === null, ["failed", "blocked"].includes(row.status));
    const end = cancelledAt ?? call.messages.at(-1)!.at;
    if (row.ring !== null) assertAgrees("ring time", row.ring, end - invitedAt);
  }
}

function assertAgrees(what: string, told: number | null, seen: number): void {
  console.log(`${what}: ${told?.toFixed(0)} ms, SIPp ${seen} ms`);
  assert(
    told !== null && Math.abs(told - seen) <= TOLERANCE_MILLISECONDS,
    `${what}: ${told} ms, but SIPp saw ${seen} ms`,
  );
}
