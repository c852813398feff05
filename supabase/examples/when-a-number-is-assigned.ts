import type { RealtimeChannel, SupabaseClient } from "@supabase/supabase-js";

const LOOK_AGAIN_MILLISECONDS = 30_000;

/**
 * Calls `onNumber` once, when the organization has its phone number: at once if it has it already.
 * For the browser or a server; `client` is signed in as a member of the organization. A broadcast
 * may be missed while nobody is connected, so the row is looked up after every (re)connection, and
 * every half a minute where no connection can be had.
 * @param onProblem is told why a look or the connection failed; both are tried again
 * @returns the channel; `client.removeChannel(channel)` stops listening and looking
 */
export function whenNumberIsAssigned(
  client: SupabaseClient,
  organizationId: string,
  onNumber: (phoneNumber: string) => void,
  onProblem: (problem: Error) => void = console.error,
): RealtimeChannel {
  let isTold = false;
  let timer: ReturnType<typeof setInterval> | undefined;
  const look = async () => {
    const { data, error } = await client.from("phone_numbers").select("phone_number")
      .eq("organization_id", organizationId).eq("status", "assigned").maybeSingle();
    if (error) onProblem(new Error(`${error.code}: ${error.message}`));
    if (!data || isTold) return;
    isTold = true;
    clearInterval(timer);
    onNumber(data.phone_number);
  };
  return client.channel(`phone-pool:${organizationId}`, { config: { private: true } })
    .on("broadcast", { event: "phone_number_assigned" }, look)
    .subscribe((status, error) => {
      clearInterval(timer);
      if (status === "CLOSED" || isTold) return;
      if (status !== "SUBSCRIBED") {
        // Not a member, no Realtime, or no network: supabase-js goes on trying to connect.
        onProblem(error ?? new Error(`The channel is ${status}`));
        timer = setInterval(look, LOOK_AGAIN_MILLISECONDS);
      }
      look();
    });
}
