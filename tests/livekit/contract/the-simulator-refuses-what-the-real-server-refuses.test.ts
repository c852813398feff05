import { assertEquals } from "../../support/assert.ts";
import { answerOf, bothServers, type Server } from "../support/both-servers.ts";
import { wireTest } from "../support/wire.ts";

const PATIENT = "+15552000000";
const FROM = { fromNumber: "+12125550100" };
const PATH = "/twirp/livekit.SIP/CreateSIPParticipant";

const dial = (trunk?: string, number = PATIENT, room = "refused", options: object = FROM) =>
(
  { sip, trunkId }: Server,
) => sip.createSipParticipant(trunk ?? trunkId, number, room, options);

const post =
  (path: string, token: Parameters<Server["token"]>[0] | undefined, body = "{}") =>
  async (
    server: Server,
  ) => {
    const headers = new Headers({ "Content-Type": "application/json" });
    if (token) headers.set("Authorization", `Bearer ${await server.token(token)}`);
    const response = await fetch(`${server.url}${path}`, { method: "POST", headers, body });
    const isJson = response.headers.get("Content-Type") === "application/json";
    const answer = isJson ? (await response.json()).code : (await response.text()).slice(0, 13);
    return [response.status, response.headers.get("Content-Type"), answer];
  };

const cases: Record<string, (server: Server) => Promise<unknown>> = {
  "an unknown trunk": dial("ST_unknown"),
  "neither trunk nor from number": dial("", PATIENT, "refused", {}),
  "a from number without a trunk": dial(""),
  "no number": dial(undefined, ""),
  "an address instead of a number": dial(undefined, "sip:+15552000000@example.com"),
  "no room": dial(undefined, PATIENT, ""),
  "a display name that is too long": dial(undefined, PATIENT, "refused", {
    ...FROM,
    displayName: "x".repeat(129),
  }),
  "a header that is LiveKit's own": dial(undefined, PATIENT, "refused", {
    ...FROM,
    headers: { From: "sip:somebody@example.com" },
  }),
  "a line break in a header": dial(undefined, PATIENT, "refused", {
    ...FROM,
    headers: { "X-Note": "a\r\nFrom: somebody" },
  }),
  "an identity that is too long": dial(undefined, PATIENT, "refused", {
    ...FROM,
    participantIdentity: "i".repeat(257),
  }),
  "a room without a name": ({ rooms }) => rooms.createRoom({ name: "" }).then(({ name }) => name),
  "a dispatch without a room": ({ dispatches }) =>
    dispatches.createDispatch("", "nobody").then(({ room }) => room),
  "no token": post(PATH, undefined),
  "a forged token": post(PATH, "forged"),
  "a token without the right": post(PATH, "nothing"),
  "a body that is not JSON": post(PATH, "calls", "{"),
  "a method that does not exist": post("/twirp/livekit.SIP/Dial", "calls"),
  "to delete a room that is not there": ({ rooms }) => rooms.deleteRoom("not there"),
  "who is in a room that is not there": ({ rooms }) => rooms.listParticipants("not there"),
  "to remove somebody who is not there": ({ rooms }) => rooms.removeParticipant("no", "body"),
  "a dispatch of a room that is not there": ({ dispatches }) => dispatches.getDispatch("AD", "no"),
};

for (const [name, ask] of Object.entries(cases)) {
  wireTest(`the simulator refuses what the real server refuses: ${name}`, async (wire) => {
    await using servers = await bothServers(wire);
    assertEquals(await answerOf(ask(servers.simulator)), await answerOf(ask(servers.real)));
  });
}
