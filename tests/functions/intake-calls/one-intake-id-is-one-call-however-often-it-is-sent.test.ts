import { assertEquals, assertNotEquals } from "../../support/assert.ts";
import {
  type Answer,
  callBody,
  clinicWith,
  openRooms,
  userHeaders,
  withCalls,
} from "../../support/calls.ts";
import { assertDocumented } from "../../support/openapi.ts";

const patiently = (milliseconds: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, Math.min(milliseconds, 50)));

/** What stays the same of a call, however far it is. */
const idsOf = ({ body }: Answer) => {
  const { intake_id, dispatch_id, caller_id, room_name, sip_call_id } = body;
  return { intake_id, dispatch_id, caller_id, room_name, sip_call_id };
};

Deno.test("fifty at once: one call, and fifty times the same answer", () =>
  withCalls(async (scene) => {
    const { db, simulator, post } = scene;
    const clinic = await clinicWith(db, "+19712656795");
    const body = callBody(clinic, { intake_id: "intake-1" });
    const answers = await Promise.all(Array.from({ length: 50 }, () => post(body)));
    assertEquals(answers.filter(({ status }) => status === 202).length, 1);
    assertEquals(answers.filter(({ status }) => status === 200).length, 49);
    assertEquals(new Set(answers.map((answer) => JSON.stringify(idsOf(answer)))).size, 1);
    assertEquals(simulator.state().calls.length, 1);
    assertEquals(openRooms(scene).length, 1);
  }, { connections: 12, delay: patiently }));

Deno.test("fifty at once that fail: one attempt, and fifty times the same code", () =>
  withCalls(async (scene) => {
    const { db, simulator, post } = scene;
    simulator.control.setFaults({ method: "CreateSIPParticipant", kind: "unavailable" });
    const clinic = await clinicWith(db, "+19712656795");
    const body = callBody(clinic, { intake_id: "intake-1" });
    const answers = await Promise.all(Array.from({ length: 50 }, () => post(body)));
    assertEquals(
      new Set(answers.map((answer) => `${answer.status} ${answer.body.code}`)),
      new Set(["502 telephony_unavailable"]),
    );
    assertEquals(openRooms(scene), []);
    const { requests } = simulator.state();
    assertEquals(requests.filter(({ method }) => method === "CreateSIPParticipant").length, 1);
  }, { connections: 12, delay: patiently }));

Deno.test("what is the same request, and what is another", async (t) => {
  await withCalls(async ({ db, simulator, post }) => {
    const clinic = await clinicWith(db, "+19712656795");
    const body = callBody(clinic, { intake_id: "intake-1", metadata: { a: "X", b: { c: [1] } } });
    const first = await post(body);
    assertEquals(first.status, 202);
    const cases: [what: string, changes: object, status: number][] = [
      ["itself", {}, 200],
      ["keys in another order", { metadata: { b: { c: [1] }, a: "X" } }, 200],
      ["the number written otherwise", { phone_number: "+1 (212) 555-0123" }, 200],
      ["ids in capitals", { patient_id: body.patient_id.toUpperCase() }, 200],
      ["another patient", { patient_id: crypto.randomUUID() }, 409],
      ["another number", { phone_number: "+12125550124" }, 409],
      ["other metadata", { metadata: { a: "x", b: { c: [1] } } }, 409],
      ["a list for an object", { metadata: { a: "X", b: [["c", [1]]] } }, 409],
      ["no metadata", { metadata: undefined }, 409],
      ["a time zone", { time_zone: "America/Denver" }, 409],
    ];
    for (const [what, changes, status] of cases) {
      await t.step(what, async () => {
        const answer = await post({ ...body, ...changes });
        assertDocumented(answer);
        assertEquals(answer.status, status);
        if (status === 200) assertEquals(idsOf(answer), idsOf(first));
        else assertEquals(answer.body.code, "intake_id_reused");
      });
    }
    await t.step("after the call has ended: that it has, and how", async () => {
      await db.query("select phone_pool_worker.report_intake_call('intake-1', 'ended', 'busy')");
      const later = await post(body);
      assertDocumented(later);
      assertEquals(later.status, 200);
      assertEquals([later.body.status, later.body.outcome], ["busy", "busy"]);
      assertNotEquals(later.body.ended_at, null);
      assertEquals(idsOf(later), idsOf(first));
    });
    await t.step("from a user of the clinic", async () => {
      const answer = await post(body, await userHeaders(clinic));
      assertEquals([idsOf(answer), answer.body.outcome], [idsOf(first), "busy"]);
    });
    assertEquals(simulator.state().calls.length, 1);
  });
});

Deno.test("a refused request may be sent again with the same intake_id", () =>
  withCalls(async ({ db, post }) => {
    const clinic = await clinicWith(db, "+19712656795");
    const body = callBody(clinic, { intake_id: "intake-1" });
    await db.query("select add_do_not_call($1, $2)", [body.phone_number, clinic]);
    assertEquals((await post(body)).status, 403);
    await db.query("select remove_do_not_call($1, $2, 'asked to be called again')", [
      body.phone_number,
      clinic,
    ]);
    assertEquals((await post(body)).status, 202);
  }));
