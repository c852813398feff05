import { createRooms } from "../../../../functions/_shared/rooms.ts";
import { startLiveKitSimulator } from "../../../../supabase/local/simulators/livekit/simulator.ts";
import { assertEquals, assertRejects } from "../../../support/assert.ts";

Deno.test("nobody is in a room that is gone, and it is deleted as often as one likes", async () => {
  const livekit = await startLiveKitSimulator();
  try {
    const { apiKey, apiSecret } = livekit.settings;
    const project = {
      LIVEKIT_URL: livekit.url,
      LIVEKIT_API_KEY: apiKey,
      LIVEKIT_API_SECRET: apiSecret,
    };
    const rooms = createRooms(project);
    const nobody = { agents: [], isAgentComing: false, hasPhone: false };
    assertEquals(await rooms.look("call-1", "callee-1"), nobody);
    await rooms.deleteRoom("call-1");
    await rooms.deleteRoom("call-1");
    livekit.control.setFaults({ method: "*", kind: "unavailable" });
    await assertRejects(() => rooms.look("call-1", "callee-1"));
    await assertRejects(() => rooms.deleteRoom("call-1"));
  } finally {
    await livekit.stop();
  }
});
