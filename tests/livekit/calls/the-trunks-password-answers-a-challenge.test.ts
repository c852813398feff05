import { createHash } from "node:crypto";
import { assertEquals } from "../../support/assert.ts";
import type { SipMessage } from "../support/sip-messages.ts";
import { TRUNK_LOGIN } from "../support/trunk-login.ts";
import { wireTest } from "../support/wire.ts";

wireTest("the trunk's password answers a challenge", async (wire) => {
  await using carrier = await wire.startCarrier("challenges");
  await using _agent = await wire.startAgent();
  const [clinic] = await wire.clinics(1);
  const patient = wire.nextPatient();
  const placed = await wire.call(clinic!, patient);
  const call = await carrier.call(patient, "an answer", ({ answeredAt }) => !!answeredAt);
  const [challenged, authorized, ...more] = call.invites;
  assertEquals(more, []);
  assertEquals(
    authorized?.headers.get("from"),
    challenged?.headers.get("from"),
  );
  const digest = parseDigest(authorized!);
  assertEquals(digest.response, expectedResponse(digest));
  assertEquals(digest.username, TRUNK_LOGIN.authUsername);
  await wire.rooms.deleteRoom(placed.room_name);
  await carrier.call(patient, "a hang-up", ({ hungUpBy }) => hungUpBy === "livekit");
});

function parseDigest(invite: SipMessage): Record<string, string> {
  const header = invite.headers.get("proxy-authorization") ?? "";
  const pairs = header.matchAll(/(\w+)=(?:"([^"]*)"|([^",\s]+))/g);
  return Object.fromEntries([...pairs].map(([, name, quoted, bare]) => [name, quoted ?? bare]));
}

/** RFC 2617, 3.2.2, with qop "auth". */
function expectedResponse({ realm, nonce, uri, nc, cnonce }: Record<string, string>): string {
  const { authUsername, authPassword } = TRUNK_LOGIN;
  const who = md5(`${authUsername}:${realm}:${authPassword}`);
  return md5([who, nonce, nc, cnonce, "auth", md5(`INVITE:${uri}`)].join(":"));
}

const md5 = (text: string) => createHash("md5").update(text).digest("hex");
