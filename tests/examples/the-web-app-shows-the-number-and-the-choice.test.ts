import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import { areaCodeChoice } from "../../supabase/examples/area-code-choice.ts";
import { callPatient } from "../../supabase/examples/call-from-the-browser.ts";
import {
  organizationNumber,
  READABLE_COLUMNS,
  written,
} from "../../supabase/examples/dashboard-number.ts";
import { withCors } from "../../functions/_shared/cors.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";
import { callBody, clinicWith, userHeaders, withCalls } from "../support/calls.ts";
import { registerOne } from "../support/pool.ts";
import { startTestGateway, type TestGateway } from "../stack/gateway/support.ts";
import { serve } from "./support/serve.ts";

const CLINIC = "0da4a59a-275f-4c5e-9d6c-0c1f5a6b7c8d";
const OTHER = "1da4a59a-275f-4c5e-9d6c-0c1f5a6b7c8d";
const DOCTOR = "11111111-1111-4111-8111-111111111111";

// Two clinics; the first has +1 (212) 555-0101.
const SQL = `
  insert into public.phone_numbers (phone_number, telnyx_phone_number_id, area_code, monthly_cost)
  select '+1212555010' || k, k, '212', 1 from generate_series(1, 3) k;
  insert into public.organizations (id, name, slug, subscription_status)
  values ('${CLINIC}', 'Clinic', 'clinic', 'active');
  insert into public.organizations (id, name, slug, subscription_status)
  values ('${OTHER}', 'Other', 'other', 'active');
`;

async function doctor(gateway: TestGateway, organization?: string): Promise<SupabaseClient> {
  const token = await gateway.userToken(DOCTOR, {
    app_metadata: organization ? { organization_id: organization } : {},
  });
  return createClient(gateway.url, gateway.keys.publishable, {
    accessToken: () => Promise.resolve(token),
  });
}

Deno.test("a doctor's dashboard: the number of the own organization, by the columns that are open", async () => {
  await using gateway = await startTestGateway(SQL, {}, { bare: false });
  const number = await organizationNumber(await doctor(gateway, CLINIC), CLINIC);
  assertEquals(Object.keys(number ?? {}), READABLE_COLUMNS.split(", "));
  assertEquals(number?.organization_id, CLINIC);
  assertEquals(written(number?.phone_number), "+1 (212) 555-0101");
  assertEquals(await organizationNumber(await doctor(gateway, CLINIC), OTHER), null);
  assertEquals(await organizationNumber(await doctor(gateway), CLINIC), null, "no claim");
  const { error } = await (await doctor(gateway, CLINIC)).from("phone_numbers").select("*");
  assertEquals(error?.code, "42501", "every column is not open");
  const anonymous = createClient(gateway.url, gateway.keys.publishable, {
    auth: { persistSession: false },
  });
  await assertRejects(() => organizationNumber(anonymous, CLINIC), Error, "42501");
});

Deno.test("the choice of an area code, by state, with what is in stock", async () => {
  await using gateway = await startTestGateway(SQL, {}, { bare: false });
  const choice = await areaCodeChoice(await doctor(gateway));
  assertEquals(choice.size, 51);
  assertEquals(
    choice.get("NY")?.filter(({ area_code }) => ["212", "624"].includes(area_code)),
    [
      { area_code: "212", state: "NY", in_stock: 1 },
      { area_code: "624", state: "NY", in_stock: 0 },
    ],
  );
  const anonymous = createClient(gateway.url, gateway.keys.publishable, {
    auth: { persistSession: false },
  });
  await assertRejects(() => areaCodeChoice(anonymous), Error, "42501");
});

Deno.test("a call from a web page, and the problem where it is not placed", () =>
  withCalls(async ({ db, handler }) => {
    const clinic = await clinicWith(db, "+19712656795");
    await using platform = serve(withCors(handler, ["https://app.example.com"]));
    const { Authorization = "" } = await userHeaders(clinic);
    const client = createClient(platform.url, "sb_publishable_x", {
      accessToken: () => Promise.resolve(Authorization.replace("Bearer ", "")),
    });
    const request = { ...callBody(clinic), intake_id: "intake-1" };
    const placed = await callPatient(client, request);
    assert("call" in placed);
    assertEquals(placed.call.caller_id, "+19712656795");
    const foreign = await callPatient(client, {
      ...request,
      organization_id: await registerOne(db),
    });
    assert("problem" in foreign);
    assertEquals(foreign.problem.code, "not_allowed");
  }));
