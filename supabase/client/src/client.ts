import type { SupabaseClient } from "@supabase/supabase-js";
import type { Database, Json } from "./database.ts";
import { askIntakeCalls } from "./functions.ts";
import { ofDatabase, type Result } from "./problems.ts";
import { waitForNumber, type WaitOptions } from "./wait-for-number.ts";

type Tables = Database["public"]["Tables"];

export type Organization = Tables["organizations"]["Row"];

/** At least name and slug, and whatever columns the application's own table has. */
export type NewOrganization = { name: string; slug: string; settings?: { area_code?: string } } & {
  [column: string]: Json | undefined;
};

/** What a signed-in user may read of the number of the own organization. */
export type AssignedNumber = Pick<
  Tables["phone_numbers"]["Row"],
  | "id"
  | "phone_number"
  | "organization_id"
  | "status"
  | "area_code"
  | "country_code"
  | "assigned_at"
>;

export type OfferedAreaCode =
  Database["public"]["Functions"]["offered_area_codes"]["Returns"][number];

export interface CallRequest {
  organization_id: string;
  patient_id: string;
  /** The patient's, in E.164 form: +12125550123. */
  phone_number: string;
  /** Sent again with the same request, nobody is called twice. One is made up where it is left out. */
  intake_id?: string;
  /** Where the patient is, such as America/Denver; else the area code tells. */
  time_zone?: string;
  /** For the voice agent: what to ask. Never sent to LiveKit. */
  metadata?: Record<string, unknown>;
}

export type CallStatus =
  | "queued"
  | "dialing"
  | "answered"
  | "completed"
  | "voicemail"
  | "wrong_person"
  | "no_answer"
  | "busy"
  | "declined"
  | "blocked"
  | "failed"
  | "cancelled"
  | "unknown";

export interface PlacedCall {
  /** queued; of a request that was sent before, how the call stands. */
  status: CallStatus;
  intake_id: string;
  dispatch_id: string | null;
  /** The organization's own number, which the patient sees. */
  caller_id: string;
  room_name: string;
  sip_call_id: string;
}

export interface CallState {
  call_id: string;
  intake_id: string;
  organization_id: string;
  status: CallStatus;
  /** How it ended; null while it goes on. */
  outcome: CallStatus | null;
  caller_id: string;
  /** 1 for the organization's first call to this patient in seven days. */
  attempt: number;
  created_at: string;
  dialing_at: string | null;
  answered_at: string | null;
  ended_at: string | null;
  metadata: Record<string, unknown>;
}

/** Written out: every other column is refused to a signed-in user. */
const READABLE = "id, phone_number, organization_id, status, area_code, country_code, assigned_at";

/**
 * phone-pool for an application.
 * @param given of the application: signed in as a user, for the user's own organization, or made
 *   with the secret key, in a backend
 */
export function createPhonePool<Anything>(given: SupabaseClient<Anything>) {
  // The same client, which knows beside the application's own tables those of phone-pool.
  const client = given as unknown as SupabaseClient<Database>;
  return {
    /** Inserts an organization, as the caller, and returns it with its phone; null: it waits. */
    registerOrganization: async (
      organization: NewOrganization,
    ): Promise<Result<Organization>> =>
      ofDatabase(
        await client.rpc("register_organization", { p_organization: organization as Json }),
      ),

    /** The organization's number; null while it waits for one. */
    numberOf: async (organizationId: string): Promise<Result<AssignedNumber | null>> =>
      ofDatabase(
        await client.from("phone_numbers").select(READABLE)
          .eq("organization_id", organizationId).eq("status", "assigned").maybeSingle(),
      ),

    /** The organization's phone number, as soon as it has one. */
    waitForNumber: (organizationId: string, options?: WaitOptions): Promise<Result<string>> =>
      waitForNumber(client, organizationId, options),

    /** What a clinic may choose from; one that is not in stock is bought, and waited for. */
    offeredAreaCodes: async (): Promise<Result<OfferedAreaCode[]>> =>
      ofDatabase(await client.rpc("offered_area_codes")),

    /** Calls a patient from the organization's own number. Safe to repeat with its intake_id. */
    async callPatient(request: CallRequest): Promise<Result<PlacedCall>> {
      const named = { intake_id: crypto.randomUUID(), ...request };
      const place = () => askIntakeCalls<PlacedCall>(client, "", { method: "POST", body: named });
      const result = await place();
      // The answer may have been lost, and the call made: said again, it is told.
      return result.error?.code === "no_answer" ? await place() : result;
    },

    /** How a call stands. */
    getCall: (intakeId: string, organizationId: string): Promise<Result<CallState>> =>
      askIntakeCalls(
        client,
        `/${encodeURIComponent(intakeId)}?organization_id=${encodeURIComponent(organizationId)}`,
        { method: "GET" },
      ),
  };
}

export type PhonePool = ReturnType<typeof createPhonePool>;
