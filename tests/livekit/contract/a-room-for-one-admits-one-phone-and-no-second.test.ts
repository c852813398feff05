import { assertEquals } from "../../support/assert.ts";
import { answerOf, bothServers, type Server } from "../support/both-servers.ts";
import { wireTest } from "../support/wire.ts";

wireTest("a room for one admits one phone and no second", async (wire) => {
  await using carrier = await wire.startCarrier("answers-at-once");
  await using servers = await bothServers(wire);
  const dialTwice = async (server: Server, first: string, second: string) => {
    const room = `for-one-${crypto.randomUUID()}`;
    await server.rooms.createRoom({ name: room, maxParticipants: 1 });
    const dial = (patient: string, participantIdentity: string) =>
      answerOf(
        server.sip.createSipParticipant(server.trunkId, patient, room, {
          fromNumber: "+12125550100",
          participantIdentity,
        }).then(() => "accepted"),
      );
    const answers = [await dial(first, "first"), await dial(second, "second")];
    await server.rooms.deleteRoom(room);
    return answers;
  };
  const [first, second] = [wire.nextPatient(), wire.nextPatient()];
  const real = await dialTwice(servers.real, first, second);
  assertEquals(real, [{ answer: "accepted" }, { status: 500, code: "internal" }]);
  assertEquals(await dialTwice(servers.simulator, first, second), real);
  // The second was refused before its INVITE.
  await carrier.call(first, "an INVITE", () => true);
  assertEquals((await carrier.calls()).filter(({ to }) => to === second), []);
});
