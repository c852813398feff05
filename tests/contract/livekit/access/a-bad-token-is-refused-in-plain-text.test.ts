import * as jose from "jose";
import { RoomServiceClient, ServerError } from "livekit-server-sdk";
import { assert, assertEquals, assertStringIncludes } from "../../../support/assert.ts";
import { clientsFor, rejection, withLiveKit } from "../support.ts";

Deno.test("the SDK with a wrong secret or key is refused in plain text", () =>
  withLiveKit(async ({ simulator: { url, settings } }) => {
    const table = [
      { key: settings.apiKey, secret: "another-secret", says: "invalid token: " },
      { key: "another-key", secret: settings.apiSecret, says: "invalid API key: another-key" },
    ];
    for (const { key, secret, says } of table) {
      const error = await rejection(clientsFor(url, key, secret).rooms.listRooms());
      assert(error instanceof ServerError);
      assertEquals([error.status, error.code], [401, undefined]);
      assertStringIncludes(error.message, says);
    }
  }));

Deno.test("a token that is expired, early, endless or unsigned is refused in plain text", () =>
  withLiveKit(async ({ simulator: { url, settings } }) => {
    const { apiKey, apiSecret } = settings;
    const now = Math.floor(Date.now() / 1000);
    const sign = (claims: jose.JWTPayload, alg = "HS256") =>
      new jose.SignJWT({ iss: apiKey, video: { roomList: true }, ...claims })
        .setProtectedHeader({ alg }).sign(new TextEncoder().encode(apiSecret.repeat(2)));
    const wide = await sign({ exp: now + 600 }, "HS512");
    const tokens = {
      "another algorithm": wide,
      "expired": await own({ exp: now - 600 }),
      "not yet valid": await own({ nbf: now + 600, exp: now + 1200 }),
      "without an end": await own({}),
      "not a token": "abc",
    };
    function own(claims: jose.JWTPayload): Promise<string> {
      return new jose.SignJWT({ iss: apiKey, video: { roomList: true }, ...claims })
        .setProtectedHeader({ alg: "HS256" }).sign(new TextEncoder().encode(apiSecret));
    }
    for (const [name, token] of Object.entries(tokens)) {
      const client = new RoomServiceClient(url, apiKey, apiSecret, { failover: false, token });
      const error = await rejection(client.listRooms());
      assert(error instanceof ServerError, name);
      assertEquals([name, error.status, error.code], [name, 401, undefined]);
    }
    const token = await own({ exp: now + 600 });
    const client = new RoomServiceClient(url, apiKey, apiSecret, { failover: false, token });
    assertEquals(await client.listRooms(), []);
  }));

Deno.test("a header without Bearer is refused", () =>
  withLiveKit(async ({ simulator: { url } }) => {
    const response = await fetch(`${url}/twirp/livekit.RoomService/ListRooms`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: "Basic abc" },
      body: "{}",
    });
    assertEquals(response.status, 401);
    assertStringIncludes(await response.text(), "Must start with Bearer");
  }));
