import { ServerError } from "livekit-server-sdk";
import type { Fault } from "../../../../supabase/local/simulators/livekit/faults.ts";
import { assertEquals } from "../../../support/assert.ts";
import {
  callee,
  callerId,
  clientsFor,
  rejection,
  trunkId,
  until,
  withLiveKit,
} from "../support.ts";

const cases: Record<string, { placed: number; error: string }> = {
  "reset-before": { placed: 0, error: "TypeError" },
  "reset-after": { placed: 1, error: "TypeError" },
  "hang-before": { placed: 0, error: "TimeoutError" },
  "hang-after": { placed: 1, error: "TimeoutError" },
} satisfies Partial<Record<Fault["kind"], unknown>>;

for (const kind of ["reset-before", "reset-after", "hang-before", "hang-after"] as const) {
  Deno.test(`a lost answer may hide a placed call: ${kind}`, () =>
    withLiveKit(async ({ simulator }) => {
      const { url, settings } = simulator;
      const { sip } = clientsFor(url, settings.apiKey, settings.apiSecret, 0.5);
      simulator.control.setFaults({ method: "CreateSIPParticipant", kind });
      const error = await rejection(
        sip.createSipParticipant(trunkId, callee, "call-1", { fromNumber: callerId }),
      );
      assertEquals(error instanceof ServerError, false);
      assertEquals(error instanceof Error && error.name, cases[kind]?.error);
      const { calls, requests } = simulator.state();
      assertEquals([calls.length, requests[0]?.status], [cases[kind]?.placed, undefined]);
    }));
}

Deno.test("a slow answer comes after all", () =>
  withLiveKit(async ({ rooms, simulator }) => {
    simulator.control.setFaults({ method: "CreateRoom", kind: "latency", ms: 50, times: 1 });
    const created = rooms.createRoom({ name: "call-1" });
    await until("the request", () => simulator.state().requests[0]);
    assertEquals(simulator.state().rooms, []);
    await created;
    assertEquals(simulator.state().requests[0]?.fault, "latency");
  }));

Deno.test("a slow answer may be a failure too", () =>
  withLiveKit(async ({ rooms, simulator }) => {
    simulator.control.setFaults([
      { method: "*", kind: "latency", ms: 1 },
      { method: "*", kind: "internal" },
    ]);
    const error = await rejection(rooms.createRoom({ name: "call-1" }));
    assertEquals(error instanceof ServerError && error.status, 500);
  }));
