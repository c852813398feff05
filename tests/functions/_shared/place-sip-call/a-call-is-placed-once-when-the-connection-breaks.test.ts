import { CreateSIPParticipantRequest } from "@livekit/protocol";
import { RoomServiceClient } from "livekit-server-sdk";
import { placeSipCall } from "../../../../functions/_shared/place-sip-call.ts";
import { startLiveKitSimulator } from "../../../../supabase/local/simulators/livekit/simulator.ts";
import { assertEquals, assertRejects } from "../../../support/assert.ts";

const CASES = [
  { kind: "reset-before", placed: 0 },
  { kind: "reset-after", placed: 1 },
] as const;

for (const { kind, placed } of CASES) {
  Deno.test(`${kind}: ${placed} calls are placed, and the connection is not tried again`, async () => {
    const livekit = await startLiveKitSimulator();
    try {
      const { apiKey, apiSecret } = livekit.settings;
      const project = {
        LIVEKIT_URL: livekit.url,
        LIVEKIT_API_KEY: apiKey,
        LIVEKIT_API_SECRET: apiSecret,
      };
      // The connection is kept, so that the next request goes over one that is in use already.
      await new RoomServiceClient(livekit.url, apiKey, apiSecret).createRoom({ name: "call-1" });
      livekit.control.setFaults([{ method: "CreateSIPParticipant", kind, times: 1 }]);
      const call = CreateSIPParticipantRequest.fromJson({
        sipTrunkId: "ST_simulator",
        sipNumber: "+12125550100",
        sipCallTo: "+12125550123",
        roomName: "call-1",
      });
      await assertRejects(() => placeSipCall(project, call, 5));
      assertEquals(livekit.state().calls.length, placed);
    } finally {
      await livekit.stop();
    }
  });
}
