import { ServerError } from "livekit-server-sdk";
import { assert, assertEquals } from "../../../support/assert.ts";
import { agentName, rejection, until, withLiveKit } from "../support.ts";

Deno.test("a dispatch is found and deleted in its running room", () =>
  withLiveKit(async ({ agents, rooms, simulator }) => {
    const { id } = await agents.createDispatch("call-1", agentName);
    await until("the agent is in", () => simulator.state().participants[0]);
    await agents.deleteDispatch(id, "call-1");
    assertEquals(await rooms.listParticipants("call-1"), []);
    assertEquals(await agents.getDispatch(id, "call-1"), undefined);

    const table = [
      { call: () => agents.deleteDispatch(id, "call-1"), status: 404, code: "not_found" },
      { call: () => agents.deleteDispatch(id, "nowhere"), status: 503, code: "unavailable" },
      { call: () => agents.listDispatch("nowhere"), status: 503, code: "unavailable" },
    ];
    for (const { call, status, code } of table) {
      const error = await rejection(call());
      assert(error instanceof ServerError);
      assertEquals([error.status, error.code], [status, code]);
    }
  }));
