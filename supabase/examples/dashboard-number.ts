import type { SupabaseClient } from "@supabase/supabase-js";

/** The columns that a signed-in user may read: any other, and `*`, is refused with 42501. */
export const READABLE_COLUMNS =
  "id, phone_number, organization_id, status, area_code, country_code, assigned_at";

/**
 * The number of a doctor's organization, for the dashboard: null while it waits for one.
 *
 * Row security shows a user the organization that stands in the token's claim
 * `app_metadata.organization_id`. Users cannot write it; the backend does, with a secret key:
 *
 *   supabase.auth.admin.updateUserById(userId, { app_metadata: { organization_id } })
 *
 * and the user has it with the next token (supabase.auth.refreshSession()). An application with a
 * membership table replaces phone_pool.my_organizations() instead.
 * @throws {Error} what the Data API answered
 */
export async function organizationNumber(client: SupabaseClient, organizationId: string) {
  const { data, error } = await client.from("phone_numbers").select(READABLE_COLUMNS)
    .eq("organization_id", organizationId).eq("status", "assigned").maybeSingle();
  if (error) throw new Error(`${error.code}: ${error.message}`);
  return data;
}

/** +12125550100 as people write it. */
export const written = (phoneNumber: string) =>
  phoneNumber.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, "+1 ($1) $2-$3");
