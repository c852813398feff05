import { ParticipantInfo_Kind, type WebhookEvent } from "@livekit/protocol";
import type { Outcome } from "../../../supabase/local/simulators/livekit/outcomes.ts";
import { assertEquals } from "../../support/assert.ts";
import { answerOf, bothServers, type Server } from "../support/both-servers.ts";
import type { Scenario } from "../support/carrier.ts";
import { until } from "../support/until.ts";
import { wireTest } from "../support/wire.ts";

const RINGING_SECONDS = 2;

const cases: [Scenario, Outcome][] = [
  ["answers-and-hangs-up", { kind: "answered", hangUpAfterMs: 100 }],
  ["busy", { kind: "busy" }],
  ["declines", { kind: "declined" }],
  ["not-found", { kind: "not-found" }],
  ["out-of-service", { kind: "unavailable" }],
  ["rings-for-ever", { kind: "no-answer" }],
  ["never-answers", { kind: "silent" }],
  [
    "refuses-caller-id",
    { kind: "sip-status", status: 403, reason: "Caller Origination Number is Invalid D35" },
  ],
  ["refuses-login", { kind: "login-refused" }],
  ["answers-without-sdp", { kind: "unusable-answer", why: "no-sdp" }],
  ["answers-in-a-foreign-codec", { kind: "unusable-answer", why: "codec" }],
  ["network-blocks", { kind: "sip-status", status: 603, reason: "Network Blocked" }],
  ["network-rejects", { kind: "sip-status", status: 608, reason: "Rejected" }],
  ["patient-marks-as-unwanted", { kind: "sip-status", status: 607, reason: "Unwanted" }],
];

for (const [scenario, outcome] of cases) {
  wireTest(
    `the simulator tells each outcome as the real server does: ${scenario}`,
    async (wire) => {
      await using _carrier = await wire.startCarrier(scenario, { talkMilliseconds: 500 });
      await using servers = await bothServers(wire);
      servers.setOutcome(outcome);
      for (const waitUntilAnswered of [true, false]) {
        const dial = (server: Server) =>
          dialAndFollow(server, waitUntilAnswered, wire.nextPatient());
        const [simulated, real] = await Promise.all([dial(servers.simulator), dial(servers.real)]);
        assertEquals(simulated, real);
      }
    },
  );
}

async function dialAndFollow(server: Server, waitUntilAnswered: boolean, patient: string) {
  const room = `outcome-${crypto.randomUUID()}`;
  const dialled = server.sip.createSipParticipant(server.trunkId, patient, room, {
    fromNumber: "+12125550100",
    participantIdentity: "callee",
    ringingTimeout: RINGING_SECONDS,
    waitUntilAnswered,
  });
  const answer = await answerOf(dialled.then(() => "accepted"));
  await until("the phone has left", async () => (await server.webhooks(room)).some(hasLeft));
  const events = (await server.webhooks(room)).filter(isOfAPhone);
  await server.rooms.deleteRoom(room);
  return { answer, events: events.map(essenceOf) };
}

const isOfAPhone = (event: WebhookEvent) => event.participant?.kind === ParticipantInfo_Kind.SIP;
const hasLeft = (event: WebhookEvent) => event.event === "participant_left" && isOfAPhone(event);

function essenceOf({ event, participant }: WebhookEvent) {
  const { attributes = {}, disconnectReason } = participant ?? {};
  // The real server sends the joining a moment after it, with what is known by then.
  const status = event === "participant_joined" ? "" : attributes["sip.callStatus"];
  return [event, disconnectReason, status, "sip.callTag" in attributes];
}
