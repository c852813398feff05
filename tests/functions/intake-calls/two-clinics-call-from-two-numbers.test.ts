import { assert, assertEquals, assertMatch } from "../../support/assert.ts";
import { clinicWith, withCalls } from "../../support/calls.ts";

// The application's own Test Scenario 1, "Different Organizations, Different Caller IDs", with UUIDs
// in place of its short ids.
Deno.test("two clinics call, and each patient sees the number of the own clinic", () =>
  withCalls(async ({ db, simulator, post }) => {
    const clinics = [
      { caller_id: "+19712656795", patient: "+15551111111" },
      { caller_id: "+19713334444", patient: "+15552222222" },
    ];
    for (const { caller_id, patient } of clinics) {
      const { status, body } = await post({
        organization_id: await clinicWith(db, caller_id),
        patient_id: crypto.randomUUID(),
        phone_number: patient,
      });
      assertEquals([status, body.status, body.caller_id], [202, "queued", caller_id]);
      assertMatch(String(body.intake_id), /^[0-9a-f-]{36}$/);
      const asked = simulator.state().calls.find(({ to }) => to === patient);
      assert(asked);
      assertEquals([asked.from, asked.fromSource], [caller_id, "request"]);
      assertEquals([asked.room, asked.id], [String(body.room_name), String(body.sip_call_id)]);
    }
    assertEquals(simulator.state().calls.length, 2);
  }));
