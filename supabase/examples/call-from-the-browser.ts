import { FunctionsHttpError, type SupabaseClient } from "@supabase/supabase-js";

export interface CallRequest {
  organization_id: string;
  patient_id: string;
  phone_number: string;
  intake_id: string;
}

export interface Problem {
  detail: string;
  code: string;
  request_id: string;
  retry_at?: string;
}

/**
 * Calls a patient from a web page, with the token of the user who is signed in: for the user's own
 * organization. The page's origin must stand in the functions' variable ALLOWED_ORIGINS.
 * @returns what was queued, or the problem, whose code says what to show
 * @throws {Error} nothing answered: said again with the same intake_id, nobody is called twice
 */
export async function callPatient(
  client: SupabaseClient,
  request: CallRequest,
): Promise<{ call: Record<string, unknown> } | { problem: Problem }> {
  const { data, error } = await client.functions.invoke("intake-calls", { body: request });
  if (!error) return { call: data };
  if (error instanceof FunctionsHttpError) return { problem: await error.context.json() };
  throw error;
}
