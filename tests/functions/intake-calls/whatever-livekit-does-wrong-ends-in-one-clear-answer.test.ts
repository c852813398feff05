import type { Fault } from "../../../supabase/local/simulators/livekit/faults.ts";
import { assert, assertEquals, assertNotMatch } from "../../support/assert.ts";
import { callBody, clinicWith, openRooms, type Scene, withCalls } from "../../support/calls.ts";
import { assertDocumented } from "../../support/openapi.ts";

interface Expected {
  status: number;
  code: string;
  /** Of the record; failed unless SIP says otherwise. */
  state?: string;
  /** INVITEs that left, although their answer was lost. */
  placed?: number;
}

type Case = [what: string, fault: Fault, expected: Expected];

const DIAL = "CreateSIPParticipant";
const sip = (status: number, code: "resource_exhausted" | "permission_denied" | "not_found") => ({
  method: DIAL,
  kind: "error" as const,
  code,
  message: `sip status: ${status}`,
  meta: { sip_status_code: String(status), sip_status: "said so" },
});

const refused = { status: 502, code: "telephony_refused" };
const away = { status: 502, code: "telephony_unavailable" };

const CASES: Case[] = [
  ["401 for the room", { method: "CreateRoom", kind: "unauthorized" }, refused],
  ["503 for the room", { method: "CreateRoom", kind: "unavailable" }, away],
  ["a reset before the room", { method: "CreateRoom", kind: "reset-before" }, away],
  ["a reset after the room", { method: "CreateRoom", kind: "reset-after" }, away],
  ["503 while the agent is awaited", { method: "ListParticipants", kind: "unavailable" }, away],
  ["401", { method: DIAL, kind: "unauthorized" }, refused],
  ["404: no such trunk", { method: DIAL, kind: "trunk-not-found" }, refused],
  ["412: a trunk without numbers", { method: DIAL, kind: "no-trunk-numbers" }, refused],
  ["429: too many requests", { method: DIAL, kind: "rate-limited" }, refused],
  ["500", { method: DIAL, kind: "internal" }, away],
  ["503", { method: DIAL, kind: "unavailable" }, away],
  ["a reset before the call", { method: DIAL, kind: "reset-before" }, away],
  ["429 that is a busy patient", sip(486, "resource_exhausted"), {
    status: 502,
    code: "callee_busy",
    state: "busy",
  }],
  ["403 that is a patient who declines", sip(603, "permission_denied"), {
    status: 502,
    code: "callee_declined",
    state: "declined",
  }],
  ["404 that is a number out of use", sip(404, "not_found"), {
    status: 502,
    code: "callee_unavailable",
    state: "no_answer",
  }],
  ["403 that is the carrier's", sip(403, "permission_denied"), {
    status: 502,
    code: "carrier_failure",
  }],
];

// With these LiveKit has placed the call, but does not show it.
const UNSEEN: Fault = { method: "ListParticipants", kind: "unavailable", after: DIAL };

async function check(scene: Scene, [, fault, expected]: Case, k: number): Promise<void> {
  const { db, simulator, post } = scene;
  const clinic = await clinicWith(db, `+1971265${6000 + k}`);
  const body = callBody(clinic, { intake_id: `fault-${k}` });
  simulator.control.setFaults(fault.kind === "reset-after" ? [UNSEEN, fault] : fault);
  const answer = await post(body);
  simulator.control.setFaults([]);
  assertEquals([answer.status, answer.body.code], [expected.status, expected.code]);
  assertDocumented(answer);

  const [row] = await db.query(
    `select id, status, dial_error, dial_failure from phone_pool.intake_calls
     where organization_id = $1`,
    [clinic],
  );
  assertEquals([row?.status, row?.dial_error], [expected.state ?? "failed", expected.code]);
  assertEquals(openRooms(scene), [], "open rooms");
  const placed = simulator.state().calls.filter(({ room }) => room === `call-${row?.id}`);
  assertEquals(placed.length, expected.placed ?? 0, "calls placed");
  assert(placed.every(({ status }) => status === "ended"), "hung up with its room");

  const again = await post(body);
  assertEquals([again.status, again.body.code], [expected.status, expected.code]);
  assertEquals(openRooms(scene), [], "the repetition opens nothing");
}

Deno.test("whatever LiveKit does wrong, the answer is clear and nothing goes on", async (t) => {
  await withCalls(async (scene) => {
    for (const [k, item] of CASES.entries()) {
      await t.step(item[0], () => check(scene, item, k));
    }
    for (const line of scene.logs) assertNotMatch(line, /Bearer|\beyJ|\+1\d{10}/);
    const dials = scene.simulator.state().requests.filter(({ method }) => method === DIAL);
    const rooms = dials.map(({ body }) => JSON.stringify(body).match(/call-[0-9a-f-]{36}/)?.[0]);
    assertEquals(rooms.length, new Set(rooms).size, "no call was asked for twice");
  });
});

Deno.test("a reset after the call, of which nothing was seen: it is hung up", () =>
  withCalls(async (scene) => {
    const fault: Fault = { method: DIAL, kind: "reset-after" };
    await check(scene, ["a reset after the call", fault, { ...away, placed: 1 }], 0);
  }, { answerMs: 1 }));

Deno.test("an agent's dispatch that cannot be named is no reason not to call", () =>
  withCalls(async ({ db, simulator, post }) => {
    simulator.control.setFaults({ method: "ListDispatch", kind: "internal" });
    const answer = await post(callBody(await clinicWith(db, "+19712656795")));
    assertEquals([answer.status, answer.body.dispatch_id], [202, null]);
  }));

// Real seconds, both at once: the limits themselves are what is tested.
Deno.test("no answer at all: 504 within 20 seconds, and the room is deleted", async () => {
  await Promise.all([unanswered("hang-before", []), unanswered("hang-after", ["ended"])]);
});

function unanswered(kind: "hang-before" | "hang-after", placed: string[]): Promise<void> {
  return withCalls(async (scene) => {
    const { db, simulator, post } = scene;
    const clinic = await clinicWith(db, "+19712656795");
    simulator.control.setFaults([UNSEEN, { method: DIAL, kind, times: 1 }]);
    const began = performance.now();
    const answer = await post(callBody(clinic));
    assert(performance.now() - began < 20_000);
    assertEquals([answer.status, answer.body.code], [504, "telephony_timeout"]);
    assertDocumented(answer);
    assertEquals(openRooms(scene), []);
    assertEquals(simulator.state().calls.map(({ status }) => status), placed);
  });
}

Deno.test("LiveKit is not there: 502, and the record says so", () =>
  withCalls(async ({ db, simulator, post }) => {
    await simulator.stop();
    const answer = await post(callBody(await clinicWith(db, "+19712656795")));
    assertEquals([answer.status, answer.body.code], [502, "telephony_unavailable"]);
    assertEquals(
      await db.query("select status, dial_error from phone_pool.intake_calls"),
      [{ status: "failed", dial_error: "telephony_unavailable" }],
    );
  }));
