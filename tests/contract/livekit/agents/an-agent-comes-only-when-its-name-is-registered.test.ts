import { JobStatus, ParticipantInfo_Kind, RoomAgentDispatch } from "@livekit/protocol";
import { assert, assertEquals } from "../../../support/assert.ts";
import { agentName, type Scene, until, withLiveKit } from "../support.ts";

type Dispatch = (scene: Scene, agentName: string) => Promise<unknown>;

const ways: Record<string, Dispatch> = {
  "dispatched by itself": ({ agents }, name) =>
    agents.createDispatch("call-1", name, { metadata: "job" }),
  "dispatched with its room": ({ rooms }, name) =>
    rooms.createRoom({
      name: "call-1",
      agents: [new RoomAgentDispatch({ agentName: name, metadata: "job" })],
    }),
};

for (const [way, dispatch] of Object.entries(ways)) {
  Deno.test(`an agent comes when its name is registered: ${way}`, () =>
    withLiveKit(async (scene) => {
      await dispatch(scene, agentName);
      const agent = await until("the agent is in", async () => {
        return (await scene.rooms.listParticipants("call-1"))[0];
      });
      assertEquals(agent.kind, ParticipantInfo_Kind.AGENT);
      const [listed] = await scene.agents.listDispatch("call-1");
      assert(listed);
      const found = await scene.agents.getDispatch(listed.id, "call-1");
      const job = found?.state?.jobs[0];
      assertEquals([found?.metadata, job?.state?.status], ["job", JobStatus.JS_RUNNING]);
      assertEquals(job?.state?.participantIdentity, agent.identity);
      assertEquals((await scene.rooms.listRooms())[0]?.numParticipants, 0);
    }));

  Deno.test(`nobody comes for a name without a worker: ${way}`, () =>
    withLiveKit(async (scene) => {
      await dispatch(scene, "nobody");
      // A second dispatch, to a registered name, shows that enough time went by.
      await scene.agents.createDispatch("call-1", agentName);
      await until("the other agent is in", () => scene.simulator.state().participants[0]);
      const [listed] = await scene.agents.listDispatch("call-1");
      assertEquals([listed?.agentName, listed?.state?.jobs], ["nobody", []]);
      assertEquals((await scene.rooms.listParticipants("call-1")).length, 1);
    }));
}

Deno.test("a job is listed late, and as running before its agent is in the room", () =>
  withLiveKit(async ({ agents, rooms }) => {
    const { id } = await agents.createDispatch("call-1", agentName);
    const jobs = async () => (await agents.getDispatch(id, "call-1"))?.state?.jobs ?? [];
    assertEquals(await jobs(), []);
    const job = await until("the job is listed", async () => (await jobs())[0]);
    assertEquals(job.state?.status, JobStatus.JS_RUNNING);
    assertEquals(await rooms.listParticipants("call-1"), []);
    await until("the agent is in", async () => (await rooms.listParticipants("call-1"))[0]);
  }, { agentJoinMs: 600 }));

Deno.test("an agent without a name comes into every room that asks for none", () =>
  withLiveKit(async ({ rooms, simulator }) => {
    await rooms.createRoom({ name: "call-1" });
    await until("the agent is in", () => simulator.state().participants[0]);
  }, { agentNames: [""] }));
