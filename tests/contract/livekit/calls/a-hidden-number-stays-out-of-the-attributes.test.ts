import { assertEquals } from "../../../support/assert.ts";
import { callee, callerId, trunkId, withLiveKit } from "../support.ts";

for (const hidePhoneNumber of [true, false]) {
  Deno.test(`a hidden number stays out of the attributes: ${hidePhoneNumber}`, () =>
    withLiveKit(async ({ sip, rooms }) => {
      await sip.createSipParticipant(trunkId, callee, "call-1", {
        fromNumber: callerId,
        hidePhoneNumber,
        participantAttributes: { call_id: "1" },
      });
      const [leg] = await rooms.listParticipants("call-1");
      assertEquals(leg?.attributes["call_id"], "1");
      assertEquals(leg?.attributes["sip.trunkID"], trunkId);
      assertEquals(
        [leg?.attributes["sip.phoneNumber"], leg?.attributes["sip.trunkPhoneNumber"]],
        hidePhoneNumber ? [undefined, undefined] : [callee, callerId],
      );
    }));
}
