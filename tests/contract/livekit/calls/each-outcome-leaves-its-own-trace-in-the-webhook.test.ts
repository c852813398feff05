import { DisconnectReason } from "@livekit/protocol";
import type { Outcome } from "../../../../supabase/local/simulators/livekit/outcomes.ts";
import { assertEquals } from "../../../support/assert.ts";
import { callee, callerId, trunkId, until, withInbox } from "../support.ts";

type Row = [outcome: Outcome, reason: DisconnectReason, callStatus: string];
const { CLIENT_INITIATED, USER_REJECTED, USER_UNAVAILABLE } = DisconnectReason;

const cases: Record<string, Row> = {
  "answered, then hung up": [{ kind: "answered", hangUpAfterMs: 1 }, CLIENT_INITIATED, "hangup"],
  "busy": [{ kind: "busy" }, USER_REJECTED, "dialing"],
  "declined": [{ kind: "declined" }, USER_REJECTED, "ringing"],
  "no answer": [{ kind: "no-answer" }, USER_UNAVAILABLE, "ringing"],
  "a carrier that says nothing": [{ kind: "silent" }, USER_UNAVAILABLE, "dialing"],
  "unknown number": [{ kind: "not-found" }, USER_UNAVAILABLE, "dialing"],
  "carrier answers 503": [{ kind: "unavailable" }, CLIENT_INITIATED, "dialing"],
  "any other status": [{ kind: "sip-status", status: 480 }, USER_UNAVAILABLE, "dialing"],
  "carrier failure": [{ kind: "carrier-failure" }, CLIENT_INITIATED, "dialing"],
  "media timeout": [{ kind: "media-timeout" }, CLIENT_INITIATED, "active"],
};

for (const [name, [outcome, reason, callStatus]] of Object.entries(cases)) {
  Deno.test(`each outcome leaves its own trace in the webhook: ${name}`, () =>
    withInbox(async ({ sip, simulator, inbox }) => {
      simulator.control.setOutcomes({ [callee]: outcome });
      await sip.createSipParticipant(trunkId, callee, "call-1", {
        fromNumber: callerId,
        ringingTimeout: 1,
        maxCallDuration: 3600,
      });
      const left = await until(
        "participant_left",
        () => inbox.events.find(({ event }) => event === "participant_left"),
      );
      assertEquals(left.participant?.disconnectReason, reason);
      assertEquals(left.participant?.attributes["sip.callStatus"], callStatus);
      const dialog = ["sip.callIDFull", "sip.callTag"]
        .map((name) => left.participant?.attributes[name] !== undefined);
      assertEquals(new Set(dialog), new Set([["hangup", "active"].includes(callStatus)]));
      const [call] = simulator.state().calls;
      assertEquals(call?.status, "ended");
      assertEquals(call?.answeredAt !== undefined, ["hangup", "active"].includes(callStatus));
      assertEquals([call?.ringingTimeoutSeconds, call?.maxCallDurationSeconds], [1, 3600]);
    }, { millisecondsPerSecond: 50 }));
}
