import { createClient } from "@supabase/supabase-js";
import { createPhonePool } from "phone-pool";

/**
 * A clinic registers, has its number, and calls its first patient. In a backend with the secret
 * key; in a browser with the publishable key and a signed-in user of that clinic.
 */
export async function openClinic(url: string, key: string, name: string, patientsPhone: string) {
  const pool = createPhonePool(createClient(url, key));

  const registered = await pool.registerOrganization({ name, slug: crypto.randomUUID() });
  if (registered.error) throw new Error(registered.error.advice);
  const { id, phone } = registered.data;

  // The pool was empty: the number comes as soon as one is bought.
  const number = phone ?? (await pool.waitForNumber(id)).data;

  const call = await pool.callPatient({
    organization_id: id,
    patient_id: crypto.randomUUID(),
    phone_number: patientsPhone,
    metadata: { questions: ["Which medicines do you take?"] },
  });
  // The code tells what to do: outside_calling_hours has retry_at, do_not_call is final.
  if (call.error) return { number, refused: call.error.code, advice: call.error.advice };
  return { number, callerId: call.data.caller_id, intakeId: call.data.intake_id };
}
