import { assertEquals } from "../../../support/assert.ts";
import { withLiveKit } from "../support.ts";

const json = { "content-type": "application/json" };
const cases: Record<string, { path: string; init: RequestInit; answer: [number, string] }> = {
  "GET": { path: "RoomService/ListRooms", init: {}, answer: [404, "bad_route"] },
  "an unknown method": {
    path: "RoomService/BurnDown",
    init: { method: "POST", headers: json, body: "{}" },
    answer: [404, "bad_route"],
  },
  "another content type": {
    path: "RoomService/ListRooms",
    init: { method: "POST", headers: { "content-type": "application/xml" }, body: "{}" },
    answer: [404, "bad_route"],
  },
  "a body that is not JSON": {
    path: "RoomService/ListRooms",
    init: { method: "POST", headers: json, body: "{" },
    answer: [400, "malformed"],
  },
  "a field of the wrong type": {
    path: "RoomService/CreateRoom",
    init: { method: "POST", headers: json, body: '{"name": 1}' },
    answer: [400, "malformed"],
  },
  "an unknown field, dropped in silence": {
    path: "SIP/CreateSIPParticipant",
    init: { method: "POST", headers: json, body: '{"phone_number": "x"}' },
    answer: [401, "unauthenticated"],
  },
};

for (const [name, { path, init, answer }] of Object.entries(cases)) {
  Deno.test(`only Twirp requests reach a method: ${name}`, () =>
    withLiveKit(async ({ simulator: { url } }) => {
      const response = await fetch(`${url}/twirp/livekit.${path}`, init);
      assertEquals(response.headers.get("content-type"), "application/json");
      const { code } = await response.json();
      assertEquals([response.status, code], answer);
    }));
}
