import type { ParticipantInfo } from "@livekit/protocol";
import { assert, assertEquals } from "../../support/assert.ts";
import { answerOf, bothServers, type Server } from "../support/both-servers.ts";
import { until } from "../support/until.ts";
import { wireTest } from "../support/wire.ts";

const IDENTITY = "callee";
const INVISIBLE = "sip.callIDFull";

interface Waiting {
  room: string;
  /** What the dial is told; the SIP call's id when it is answered. */
  answer: Promise<string>;
  leg: ParticipantInfo;
  dialledAt: number;
}

/** Dials, and waits for the answer beside the test; the phone leg has been seen. */
async function dialAndSee(server: Server, patient: string, options = {}): Promise<Waiting> {
  const room = `waits-${crypto.randomUUID()}`;
  const dialledAt = Date.now();
  const answer = server.sip.createSipParticipant(server.trunkId, patient, room, {
    fromNumber: "+12125550100",
    participantIdentity: IDENTITY,
    ringingTimeout: 10,
    waitUntilAnswered: true,
    ...options,
  }).then(({ sipCallId }) => sipCallId);
  answer.catch(() => {});
  const leg = await until("the phone leg is seen", () => legIn(server, room));
  return { room, answer, leg, dialledAt };
}

async function legIn({ rooms }: Server, room: string): Promise<ParticipantInfo | undefined> {
  return (await rooms.listParticipants(room)).find(({ identity }) => identity === IDENTITY);
}

const leavingOf = (server: Server, room: string) =>
  until("the phone has left", async () => {
    const events = await server.webhooks(room);
    return events.find(({ event, participant }) =>
      event === "participant_left" && participant?.identity === IDENTITY
    );
  });

wireTest("who waits for the answer sees the call's id while the phone rings", async (wire) => {
  await using carrier = await wire.startCarrier("answers-and-hangs-up");
  await using servers = await bothServers(wire);
  servers.setOutcome({ kind: "answered", afterMs: 1500 });
  for (const server of [servers.real, servers.simulator]) {
    const patient = wire.nextPatient();
    const { room, answer, leg } = await dialAndSee(server, patient);
    const { "sip.callID": id, [INVISIBLE]: dialog, "sip.callStatus": status } = leg.attributes;
    assert(status === "dialing" || status === "ringing", status);
    assertEquals(dialog, undefined);
    assertEquals(await answer, id);
    if (server === servers.real) {
      assertEquals((await carrier.call(patient, "an INVITE", () => true)).tag, id);
    }
    await server.rooms.deleteRoom(room);
  }
});

wireTest("who waits for the answer is not told a deleted room from no answer", async (wire) => {
  await using _carrier = await wire.startCarrier("rings-for-ever");
  await using servers = await bothServers(wire);
  servers.setOutcome({ kind: "no-answer" });
  const endOf = async (server: Server) => {
    const { room, answer } = await dialAndSee(server, wire.nextPatient());
    await until(
      "it rings",
      async () => (await legIn(server, room))?.attributes["sip.callStatus"] === "ringing",
    );
    await server.rooms.deleteRoom(room);
    const told = await answerOf(answer);
    const { participant } = await leavingOf(server, room);
    const finished = await until(
      "the room is finished",
      async () => (await server.webhooks(room)).find(({ event }) => event === "room_finished"),
    );
    return [told, participant?.disconnectReason, finished.roomEndReason];
  };
  const real = await endOf(servers.real);
  assertEquals(real, [{ status: 408, code: "canceled" }, 5, 0]);
  assertEquals(await endOf(servers.simulator), real);
});

// As when the function is ended that waits.
wireTest("who waits for the answer and goes away does not end the call", async (wire) => {
  await using carrier = await wire.startCarrier("answers-and-hangs-up");
  await using servers = await bothServers(wire);
  servers.setOutcome({ kind: "answered", afterMs: 1500, hangUpAfterMs: 500 });
  for (const server of [servers.real, servers.simulator]) {
    const room = `leaves-${crypto.randomUUID()}`;
    const patient = wire.nextPatient();
    const response = fetch(`${server.url}/twirp/livekit.SIP/CreateSIPParticipant`, {
      method: "POST",
      headers: {
        "Authorization": `Bearer ${await server.token("calls")}`,
        "Content-Type": "application/json",
      },
      body: JSON.stringify({
        sipTrunkId: server.trunkId,
        sipNumber: "+12125550100",
        sipCallTo: patient,
        roomName: room,
        participantIdentity: IDENTITY,
        waitUntilAnswered: true,
      }),
      signal: AbortSignal.timeout(400),
    });
    assertEquals(await response.catch(({ name }) => name), "TimeoutError");
    const { participant } = await leavingOf(server, room);
    assertEquals(participant?.attributes["sip.callStatus"], "hangup");
    if (server === servers.real) {
      const call = await carrier.call(patient, "an answer", ({ answeredAt }) => !!answeredAt);
      assertEquals([call.invites.length, call.hungUpBy], [1, "patient"]);
    }
  }
});

// livekit-sip ends a call that is too long from 1.9 on, counted from dialling: before, the product
// alone does (github.com/livekit/sip/pull/762). The simulator knows both.
wireTest("the longest duration counts from dialling, where it counts", async (wire) => {
  await using _carrier = await wire.startCarrier("answers-and-stays");
  const last = async (server: Server) => {
    const options = { maxCallDuration: 4 };
    const { room, dialledAt } = await dialAndSee(server, wire.nextPatient(), options);
    await until(
      "the phone has left, or stays",
      async () => Date.now() - dialledAt > 7000 || await legIn(server, room) === undefined,
    );
    const lasted = Date.now() - dialledAt;
    await server.rooms.deleteRoom(room).catch(() => {});
    return lasted;
  };
  await using own = await bothServers(wire);
  const real = await last(own.real);
  console.log(`this livekit-sip: ${real < 5400 ? "ends" : "does not end"} a call that is too long`);
  await using servers = await bothServers(wire, { endsLongCalls: real < 5400 });
  servers.setOutcome({ kind: "answered", afterMs: 1500 });
  const simulated = await last(servers.simulator);
  assert(real > 3500, `${real} ms`);
  assert(Math.abs(real - simulated) < 1500, `${real} and ${simulated} ms`);
});
