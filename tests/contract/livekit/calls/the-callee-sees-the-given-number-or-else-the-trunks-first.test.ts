import { assert, assertEquals } from "../../../support/assert.ts";
import { callee, callerId, trunkId, trunkNumbers, withLiveKit } from "../support.ts";

const cases = {
  "a given number": { fromNumber: callerId, expected: [callerId, "request"] },
  "a number that no trunk holds": { fromNumber: "+1999", expected: ["+1999", "request"] },
  "no number": { fromNumber: undefined, expected: [trunkNumbers[0], "trunk"] },
  "an empty number": { fromNumber: "", expected: [trunkNumbers[0], "trunk"] },
};

for (const [name, { fromNumber, expected }] of Object.entries(cases)) {
  Deno.test(`the callee sees the given number or else the trunk's first: ${name}`, () =>
    withLiveKit(async ({ sip, simulator }) => {
      const info = await sip.createSipParticipant(trunkId, callee, "call-1", {
        fromNumber,
        participantIdentity: "callee-1",
      });
      assertEquals([info.roomName, info.participantIdentity], ["call-1", "callee-1"]);
      assert(info.sipCallId.startsWith("SCL_"));
      const [call] = simulator.state().calls;
      assertEquals([call?.from, call?.fromSource], expected);
      assertEquals([call?.id, call?.to, call?.trunkId], [info.sipCallId, callee, trunkId]);
    }));
}
