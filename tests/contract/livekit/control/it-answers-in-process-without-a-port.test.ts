import { createLiveKitSimulator } from "../../../../supabase/local/simulators/livekit/simulator.ts";
import { assertEquals } from "../../../support/assert.ts";

Deno.test("it answers in process, without a port", async () => {
  const simulator = createLiveKitSimulator();
  const ask = (path: string, init?: RequestInit) =>
    simulator.handler(new Request(`http://livekit.invalid${path}`, init));
  assertEquals(await (await ask("/")).text(), "LiveKit simulator\n");
  const refused = await ask("/twirp/livekit.RoomService/ListRooms", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  assertEquals(refused.status, 401);
  assertEquals(simulator.state().requests[0]?.method, "ListRooms");
  await simulator.stop();
});
