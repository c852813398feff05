import { createTelephony } from "../../../../functions/_shared/telephony.ts";
import { startLiveKitSimulator } from "../../../../supabase/local/simulators/livekit/simulator.ts";
import { assertEquals, assertRejects } from "../../../support/assert.ts";

const CASES = [
  { kind: "reset-before", placed: 0 },
  { kind: "reset-after", placed: 1 },
] as const;

for (const { kind, placed } of CASES) {
  Deno.test(`${kind}: ${placed} calls are placed, and the connection is not tried again`, async () => {
    const livekit = startLiveKitSimulator();
    try {
      const telephony = createTelephony({
        LIVEKIT_URL: livekit.url,
        LIVEKIT_API_KEY: livekit.settings.apiKey,
        LIVEKIT_API_SECRET: livekit.settings.apiSecret,
        LIVEKIT_SIP_TRUNK_ID: "ST_simulator",
      });
      // The connection is kept, so that the next request goes over one that is in use already.
      await telephony.createRoom("call-1");
      livekit.control.setFaults([{ method: "CreateSIPParticipant", kind, times: 1 }]);
      await assertRejects(() =>
        telephony.dial({
          roomName: "call-1",
          callerId: "+12125550100",
          callee: "+12125550123",
          identity: "callee-1",
          ringingSeconds: 30,
          maxCallMinutes: 5,
          timeoutSeconds: 5,
        })
      );
      assertEquals(livekit.state().calls.length, placed);
    } finally {
      await livekit.stop();
    }
  });
}
