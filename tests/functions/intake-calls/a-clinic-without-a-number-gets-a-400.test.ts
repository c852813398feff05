import { assertEquals } from "../../support/assert.ts";
import { openRooms, withCalls } from "../../support/calls.ts";
import { registerOne, value } from "../../support/pool.ts";

// The application's own Test Scenario 2, "Organization Without Phone Number".
Deno.test("a clinic without a number gets a 400 that says so, and nothing is dialled", () =>
  withCalls(async (scene) => {
    const organizationId = await registerOne(scene.db);
    const { status, body } = await scene.post({
      organization_id: organizationId,
      patient_id: crypto.randomUUID(),
      phone_number: "+15553333333",
    });
    assertEquals(status, 400);
    assertEquals(body.detail, "Organization does not have a phone number assigned");
    assertEquals(body.code, "no_phone_number");
    assertEquals(scene.simulator.state().calls, []);
    assertEquals(openRooms(scene), []);
    assertEquals(
      await value(scene.db, "select reason from phone_pool.intake_calls where status = 'refused'"),
      "no_phone_number",
    );
  }));
