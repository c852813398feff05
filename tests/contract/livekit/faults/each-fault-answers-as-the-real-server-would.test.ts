import { ServerError } from "livekit-server-sdk";
import type { Fault } from "../../../../supabase/local/simulators/livekit/faults.ts";
import { assert, assertEquals } from "../../../support/assert.ts";
import { callee, callerId, rejection, trunkId, withLiveKit } from "../support.ts";

const method = "CreateSIPParticipant";
const rows: [fault: Fault, status: number, code: string | undefined, says: string][] = [
  [{ method, kind: "unauthorized" }, 401, undefined, "invalid authorization token"],
  [{ method, kind: "trunk-not-found" }, 404, "not_found", "requested sip trunk does not exist"],
  [
    { method, kind: "no-trunk-numbers" },
    412,
    "failed_precondition",
    "no numbers on outbound trunk",
  ],
  [{ method, kind: "rate-limited" }, 429, "resource_exhausted", "too many requests"],
  [{ method, kind: "unavailable" }, 503, "unavailable", "no response from servers"],
  [{ method: "*", kind: "internal" }, 500, "internal", "internal error"],
  [
    { method, kind: "error", code: "unavailable", message: "cpu exhausted" },
    503,
    "unavailable",
    "cpu exhausted",
  ],
];

for (const [fault, status, code, says] of rows) {
  Deno.test(`each fault answers as the real server would: ${fault.kind}`, () =>
    withLiveKit(async ({ sip, simulator }) => {
      const dial = () =>
        sip.createSipParticipant(trunkId, callee, "call-1", { fromNumber: callerId });
      simulator.control.setFaults({ ...fault, times: 1 });
      const error = await rejection(dial());
      assert(error instanceof ServerError);
      assertEquals([error.status, error.code, error.message], [status, code, says]);
      assertEquals(simulator.state().calls, []);
      assertEquals(simulator.state().requests[0]?.fault, fault.kind);
      await dial();
      assertEquals(simulator.state().calls.length, 1);
    }));
}

Deno.test("a fault without a count strikes its method alone until it is taken away", () =>
  withLiveKit(async ({ rooms, simulator }) => {
    simulator.control.setFaults({ method: "CreateRoom", kind: "unavailable" });
    for (const name of ["call-1", "call-2"]) await rejection(rooms.createRoom({ name }));
    assertEquals(await rooms.listRooms(), []);
    simulator.control.setFaults([]);
    await rooms.createRoom({ name: "call-1" });
  }));
