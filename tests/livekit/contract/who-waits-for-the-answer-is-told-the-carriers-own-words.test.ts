import { assertEquals } from "../../support/assert.ts";
import { answerOf } from "../support/both-servers.ts";
import { wireTest } from "../support/wire.ts";

// Telnyx's answer to a caller ID that is not on the account. Nothing else of LiveKit tells it from a
// patient who declines.
wireTest("who waits for the answer is told the carrier's own words", async (wire) => {
  await using carrier = await wire.startCarrier("refuses-caller-id");
  const room = `waits-${crypto.randomUUID()}`;
  const patient = wire.nextPatient();
  const answer = await answerOf(
    wire.sip.createSipParticipant(wire.info.trunkId, patient, room, {
      fromNumber: "+12125550100",
      waitUntilAnswered: true,
    }),
  );
  assertEquals(answer, {
    status: 403,
    code: "permission_denied",
    sip: [403, "Caller Origination Number is Invalid D35"],
  });
  await wire.rooms.deleteRoom(room);
  assertEquals((await carrier.calls()).filter(({ to }) => to === patient).length, 1);
});
