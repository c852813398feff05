import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import { createPhonePool } from "phone-pool";
import { assert, assertEquals } from "../support/assert.ts";
import { startTestGateway, type TestGateway } from "../stack/gateway/support.ts";

const CLINIC = "0da4a59a-275f-4c5e-9d6c-0c1f5a6b7c8d";
const OTHER = "1da4a59a-275f-4c5e-9d6c-0c1f5a6b7c8d";
const DOCTOR = "11111111-1111-4111-8111-111111111111";

// Two clinics; the first has +1 (212) 555-0101.
const SQL = `
  insert into public.phone_numbers (phone_number, telnyx_phone_number_id, area_code, monthly_cost)
  select '+1212555010' || k, k, '212', 1 from generate_series(1, 4) k;
  insert into public.organizations (id, name, slug, subscription_status)
  values ('${CLINIC}', 'Clinic', 'clinic', 'active');
  insert into public.organizations (id, name, slug, subscription_status)
  values ('${OTHER}', 'Other', 'other', 'active');
`;

const withKey = (gateway: TestGateway, key: string): SupabaseClient =>
  createClient(gateway.url, key, { auth: { persistSession: false } });

async function doctor(gateway: TestGateway, organization?: string): Promise<SupabaseClient> {
  const token = await gateway.userToken(DOCTOR, {
    app_metadata: organization ? { organization_id: organization } : {},
  });
  return createClient(gateway.url, gateway.keys.publishable, {
    accessToken: () => Promise.resolve(token),
  });
}

Deno.test("the backend registers, and has the number at once or waits for it", async () => {
  await using gateway = await startTestGateway(SQL, {}, { bare: false });
  const pool = createPhonePool(withKey(gateway, gateway.keys.secret));
  const first = await pool.registerOrganization({ name: "A", slug: "a" });
  assert(first.data !== null && first.data.phone?.startsWith("+1212555010"));
  assertEquals((await pool.numberOf(first.data.id)).data?.phone_number, first.data.phone);
  const wished = { name: "B", slug: "b", settings: { area_code: "415" } };
  const second = await pool.registerOrganization(wished);
  assertEquals([second.error, second.data?.phone], [null, null]);
  assertEquals((await pool.numberOf(second.data?.id ?? "")).data, null);

  const again = await pool.registerOrganization(wished);
  assertEquals([again.error?.code, again.error?.sqlstate], ["database_refused", "23505"]);
  const odd = await pool.registerOrganization({ name: "C", slug: "c", colour: "red" });
  assertEquals([odd.error?.code, odd.error?.status], ["invalid_request", 400]);
  assert(odd.error?.detail.includes("colour"), odd.error?.detail);
});

Deno.test("a doctor sees the own organization's number, and nobody else's", async () => {
  await using gateway = await startTestGateway(SQL, {}, { bare: false });
  const own = createPhonePool(await doctor(gateway, CLINIC));
  const { data } = await own.numberOf(CLINIC);
  assertEquals([data?.organization_id, data?.phone_number], [CLINIC, "+12125550101"]);
  assertEquals(await own.numberOf(OTHER), { data: null, error: null });
  const unclaimed = createPhonePool(await doctor(gateway));
  assertEquals(await unclaimed.numberOf(CLINIC), { data: null, error: null });
  const anonymous = createPhonePool(withKey(gateway, gateway.keys.publishable));
  assertEquals((await anonymous.numberOf(CLINIC)).error?.sqlstate, "42501");
  assertEquals((await anonymous.offeredAreaCodes()).error?.sqlstate, "42501");
});

Deno.test("area codes are offered with what is in stock", async () => {
  await using gateway = await startTestGateway(SQL, {}, { bare: false });
  const { data } = await createPhonePool(await doctor(gateway)).offeredAreaCodes();
  assertEquals(new Set(data?.map(({ state }) => state)).size, 51);
  assertEquals(data?.filter(({ area_code }) => ["212", "624"].includes(area_code)), [
    { area_code: "212", state: "NY", in_stock: 2 },
    { area_code: "624", state: "NY", in_stock: 0 },
  ]);
});
