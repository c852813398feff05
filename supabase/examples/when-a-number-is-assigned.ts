import type { RealtimeChannel, SupabaseClient } from "@supabase/supabase-js";

/**
 * Calls `onNumber` once, when the organization has its phone number: at once if it has it already.
 * For the browser or a server; `client` is signed in as a member of the organization. A broadcast
 * may be missed while nobody is connected, so the row is looked up after every (re)connection too.
 * @returns the channel; `client.removeChannel(channel)` stops listening
 */
export function whenNumberIsAssigned(
  client: SupabaseClient,
  organizationId: string,
  onNumber: (phoneNumber: string) => void,
): RealtimeChannel {
  let isTold = false;
  const look = async () => {
    const { data } = await client.from("phone_numbers").select("phone_number")
      .eq("organization_id", organizationId).maybeSingle();
    if (data && !isTold) {
      isTold = true;
      onNumber(data.phone_number);
    }
  };
  return client.channel(`phone-pool:${organizationId}`, { config: { private: true } })
    .on("broadcast", { event: "phone_number_assigned" }, look)
    .subscribe((status) => {
      if (status === "SUBSCRIBED") look();
    });
}
