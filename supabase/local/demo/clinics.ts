import { createClient } from "@supabase/supabase-js";
import { z } from "zod";

const organization = z.object({ id: z.guid(), name: z.string(), phone: z.string().nullable() });
export type Clinic = z.output<typeof organization>;

const health = z.object({
  available: z.number(),
  assigned: z.number(),
  suspended: z.number(),
  waiting: z.number(),
  in_flight: z.number(),
  low_water: z.number(),
  status: z.string(),
});
export type Health = z.output<typeof health>;

const placedCalls = z.array(z.object({ from: z.string(), to: z.string(), room: z.string() }));

export interface StackInfo {
  api_url: string;
  functions_url: string;
  secret_key: string;
  livekit_url: string;
}

/** What an application does with phone-pool, over its public interfaces only. */
export function createApplication(info: StackInfo) {
  const database = createClient(info.api_url, info.secret_key, {
    auth: { persistSession: false, autoRefreshToken: false },
  });
  return {
    /** Asked for; replenish-pool plans and buys. */
    async order(quantity: number): Promise<number> {
      const { data } = await database.rpc("order_phone_numbers", { p_quantity: quantity })
        .throwOnError();
      return z.number().parse(data);
    },
    async register(name: string): Promise<Clinic> {
      const slug = name.toLowerCase().replace(/[^a-z0-9]+/g, "-");
      const { data } = await database.from("organizations").insert({ name, slug })
        .select("id, name, phone").single().throwOnError();
      // RETURNING shows the row as inserted; the AFTER trigger has filled in the number since.
      return await this.clinic(organization.parse(data).id);
    },
    async clinic(id: string): Promise<Clinic> {
      const { data } = await database.from("organizations").select("id, name, phone").eq("id", id)
        .single().throwOnError();
      return organization.parse(data);
    },
    async release(clinic: Clinic, reason: string): Promise<void> {
      await database.rpc("unassign_phone_number", {
        p_organization_id: clinic.id,
        p_reason: reason,
      }).throwOnError();
    },
    async health(): Promise<Health> {
      const { data } = await database.from("admin_pool_health").select("*").single().throwOnError();
      return health.parse(data);
    },
    async call(clinic: Clinic, phoneNumber: string) {
      const response = await fetch(`${info.functions_url}/intake-calls`, {
        method: "POST",
        headers: { apikey: info.secret_key, "Content-Type": "application/json" },
        body: JSON.stringify({
          organization_id: clinic.id,
          patient_id: crypto.randomUUID(),
          phone_number: phoneNumber,
        }),
      });
      const body = z.record(z.string(), z.unknown()).parse(await response.json());
      return { status: response.status, body };
    },
    /** What LiveKit was asked to dial. */
    async placedCalls() {
      return placedCalls.parse(await (await fetch(`${info.livekit_url}/calls`)).json());
    },
  };
}
export type Application = ReturnType<typeof createApplication>;
