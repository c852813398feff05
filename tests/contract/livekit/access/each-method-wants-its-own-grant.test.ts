import { AccessToken, type SIPGrant, type VideoGrant } from "livekit-server-sdk";
import { assertEquals } from "../../../support/assert.ts";
import { callee, callerId, trunkId, withLiveKit } from "../support.ts";

interface Grants {
  video?: VideoGrant;
  sip?: SIPGrant;
}

const admin: Grants = { video: { roomAdmin: true, room: "call-1" } };
const otherRoom: Grants = { video: { roomAdmin: true, room: "call-2" } };
const create: Grants = { video: { roomCreate: true } };
const list: Grants = { video: { roomList: true } };
const sipCall: Grants = { sip: { call: true } };
const sipAdmin: Grants = { sip: { admin: true } };
const every = [admin, otherRoom, create, list, sipCall, sipAdmin];

const room = "call-1";
const dial = { sip_trunk_id: trunkId, sip_call_to: callee, sip_number: callerId, room_name: room };

const methods: Record<string, { needs: Grants; body: unknown }> = {
  "RoomService/CreateRoom": { needs: create, body: { name: room } },
  "RoomService/ListRooms": { needs: list, body: {} },
  "RoomService/ListParticipants": { needs: admin, body: { room } },
  "RoomService/GetParticipant": { needs: admin, body: { room, identity: "x" } },
  "RoomService/RemoveParticipant": { needs: admin, body: { room, identity: "x" } },
  "AgentDispatchService/CreateDispatch": { needs: admin, body: { room, agentName: "x" } },
  "AgentDispatchService/ListDispatch": { needs: admin, body: { room } },
  "AgentDispatchService/DeleteDispatch": { needs: admin, body: { room, dispatchId: "x" } },
  "SIP/CreateSIPParticipant": { needs: sipCall, body: dial },
  "SIP/ListSIPOutboundTrunk": { needs: sipAdmin, body: {} },
  "RoomService/DeleteRoom": { needs: create, body: { room } },
};

for (const [method, { needs, body }] of Object.entries(methods)) {
  Deno.test(`each method wants its own grant: ${method}`, () =>
    withLiveKit(async ({ simulator: { url, settings } }) => {
      async function ask(grants?: Grants): Promise<[number, unknown]> {
        const token = new AccessToken(settings.apiKey, settings.apiSecret);
        if (grants?.video) token.addGrant(grants.video);
        if (grants?.sip) token.addSIPGrant(grants.sip);
        const headers = new Headers({ "content-type": "application/json" });
        if (grants) headers.set("authorization", `Bearer ${await token.toJwt()}`);
        const response = await fetch(`${url}/twirp/livekit.${method}`, {
          method: "POST",
          headers,
          body: JSON.stringify(body),
        });
        return [response.status, await response.json()];
      }
      const denied: [number, unknown] = [401, {
        code: "unauthenticated",
        msg: "permissions denied",
      }];
      assertEquals(await ask(undefined), denied);
      assertEquals(await ask({}), denied);
      for (const grants of every.filter((grants) => grants !== needs)) {
        assertEquals(await ask(grants), denied);
      }
      const [status] = await ask(needs);
      assertEquals(status === 401, false);
    }));
}
