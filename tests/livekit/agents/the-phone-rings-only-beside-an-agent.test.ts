import { assert, assertEquals } from "../../support/assert.ts";
import { wireTest } from "../support/wire.ts";

wireTest(
  "the phone rings only beside an agent: it was in the room before the INVITE",
  async (wire) => {
    await using carrier = await wire.startCarrier("answers-and-hangs-up", {
      talkMilliseconds: 500,
    });
    await using agent = await wire.startAgent();
    const [clinic] = await wire.clinics(1);
    const patient = wire.nextPatient();
    const placed = await wire.call(clinic!, patient);
    const call = await carrier.call(patient, "a hang-up", ({ hungUpAt }) => hungUpAt !== undefined);
    assertEquals(agent.rooms, [placed.room_name]);
    // Told of the phone as it came in means: was there already.
    assertEquals(agent.changes[0]?.status, "dialing");
    const joined = agent.joinedAt.get(placed.room_name);
    assert(joined !== undefined && joined <= call.invitedAt, "the agent came after the INVITE");
  },
);

for (const when of ["is-busy", "crashes", "is-not-there"] as const) {
  wireTest(`the phone rings only beside an agent: no call when it ${when}`, async (wire) => {
    await using carrier = await wire.startCarrier("answers-and-hangs-up");
    await using _agent = when === "is-not-there"
      ? await wire.startAgent({ name: "another-agent" })
      : await wire.startAgent({ when });
    const [clinic] = await wire.clinics(1);
    const patient = wire.nextPatient();
    // Rooms of earlier tests close some seconds after their calls.
    const before = await wire.rooms.listRooms();
    const { status, body } = await wire.application.call(clinic!, patient);
    assertEquals([status, body.code], [502, "agent_unavailable"]);
    assertEquals((await carrier.calls()).filter(({ to }) => to === patient), []);
    const known = new Set(before.map(({ name }) => name));
    const after = (await wire.rooms.listRooms()).map(({ name }) => name);
    assertEquals(after.filter((name) => !known.has(name)), []);
  });
}
