import { ServerError, SipCallError } from "livekit-server-sdk";
import type { Outcome } from "../../../../supabase/local/simulators/livekit/outcomes.ts";
import { assert, assertEquals } from "../../../support/assert.ts";
import {
  callee,
  callerId,
  rejection,
  type Scene,
  trunkId,
  until,
  withLiveKit,
} from "../support.ts";

const dial = ({ sip }: Scene) =>
  sip.createSipParticipant(trunkId, callee, "call-1", {
    fromNumber: callerId,
    waitUntilAnswered: true,
    ringingTimeout: 1,
  });

const rows: [outcome: Outcome, status: number, code: string, sip?: number, text?: string][] = [
  [{ kind: "busy" }, 429, "resource_exhausted", 486, "Busy Here"],
  [{ kind: "declined" }, 403, "permission_denied", 603, "Decline"],
  [{ kind: "not-found" }, 404, "not_found", 404, "Not Found"],
  [{ kind: "unavailable" }, 412, "failed_precondition", 503, "Service Unavailable"],
  [{ kind: "sip-status", status: 480 }, 429, "resource_exhausted", 480, "Temporarily Unavailable"],
  [{ kind: "sip-status", status: 408 }, 408, "deadline_exceeded", 408, "Request Timeout"],
  [{ kind: "sip-status", status: 487 }, 409, "aborted", 487, "SIP_STATUS_487"],
  [{ kind: "sip-status", status: 488 }, 400, "invalid_argument", 488, "Not Acceptable Here"],
  [
    { kind: "sip-status", status: 403, reason: "Caller Origination Number is Invalid D35" },
    403,
    "permission_denied",
    403,
    "Caller Origination Number is Invalid D35",
  ],
  [{ kind: "carrier-failure" }, 412, "failed_precondition"],
  [{ kind: "no-answer" }, 408, "canceled"],
  [{ kind: "silent" }, 408, "canceled"],
];

for (const [outcome, status, code, sipStatus, text] of rows) {
  const name = outcome.kind === "sip-status" ? `${outcome.kind} ${outcome.status}` : outcome.kind;
  Deno.test(`a waiting call learns its outcome: ${name}`, () =>
    withLiveKit(async (scene) => {
      scene.simulator.control.setOutcomes({ "*": outcome });
      const error = await rejection(dial(scene));
      assert(error instanceof ServerError);
      assertEquals([error.status, error.code], [status, code]);
      assertEquals(error instanceof SipCallError, sipStatus !== undefined);
      if (error instanceof SipCallError) {
        assertEquals([error.sipStatusCode, error.sipStatus], [sipStatus, text]);
      }
    }, { millisecondsPerSecond: 100 }));
}

Deno.test("a waiting call returns when it is answered", () =>
  withLiveKit(async (scene) => {
    const { sipCallId } = await dial(scene);
    const [call] = scene.simulator.state().calls;
    assertEquals([call?.id, call?.status, call?.waitUntilAnswered], [sipCallId, "active", true]);
  }));

Deno.test("whoever waits is told when the server goes away", () =>
  withLiveKit(async (scene) => {
    scene.simulator.control.setOutcomes({ "*": { kind: "no-answer" } });
    const refused = rejection(dial(scene));
    await until("the ringing", () => scene.simulator.state().calls[0]?.ringingAt);
    await scene.simulator.stop();
    const error = await refused;
    assert(error instanceof ServerError);
    assertEquals([error.status, error.code], [503, "unavailable"]);
  }, { millisecondsPerSecond: 60_000 }));

Deno.test("a waiting call ends with its room", () =>
  withLiveKit(async (scene) => {
    scene.simulator.control.setOutcomes({ "*": { kind: "no-answer" } });
    const refused = rejection(dial(scene));
    await until("the ringing", () => scene.simulator.state().calls[0]?.ringingAt);
    await scene.rooms.deleteRoom("call-1");
    const error = await refused;
    assert(error instanceof ServerError);
    assertEquals([error.status, error.code], [408, "canceled"]);
  }, { millisecondsPerSecond: 60_000 }));

Deno.test("outcomes given as a list are used up call by call", () =>
  withLiveKit(async (scene) => {
    scene.simulator.control.setOutcomes({ [callee]: [{ kind: "busy" }, { kind: "answered" }] });
    assert(await rejection(dial(scene)) instanceof SipCallError);
    await dial(scene);
  }));
