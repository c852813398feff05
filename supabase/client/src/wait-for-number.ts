import type { SupabaseClient } from "@supabase/supabase-js";
import type { Database } from "./database.ts";
import { fail, type Result, succeed } from "./problems.ts";

export interface WaitOptions {
  /** Ends the wait: `AbortSignal.timeout(600_000)`. */
  signal?: AbortSignal;
  /** Told why a look or the connection failed; both are tried again. */
  onProblem?: (problem: string) => void;
}

const LOOK_AGAIN_MILLISECONDS = 5_000;

/**
 * The phone number of an organization, as soon as it has one. A broadcast may be missed while the
 * connection is down, so the row is looked up after every (re)connection, and every five seconds
 * where no connection can be had.
 */
export function waitForNumber(
  client: SupabaseClient<Database>,
  organizationId: string,
  { signal, onProblem = () => {} }: WaitOptions = {},
): Promise<Result<string>> {
  return new Promise((resolve) => {
    const channel = client.channel(`phone-pool:${organizationId}`, { config: { private: true } });
    let timer: ReturnType<typeof setInterval> | undefined;
    let isOver = false;
    const end = (result: Result<string>) => {
      if (isOver) return;
      isOver = true;
      clearInterval(timer);
      signal?.removeEventListener("abort", abort);
      void client.removeChannel(channel);
      resolve(result);
    };
    const abort = () => end(fail("aborted", "The wait was ended", 0));
    const look = async () => {
      const { data, error } = await client.from("phone_numbers").select("phone_number")
        .eq("organization_id", organizationId).eq("status", "assigned").maybeSingle();
      if (error) onProblem(`${error.code}: ${error.message}`);
      if (data) end(succeed(data.phone_number));
    };
    if (signal?.aborted) return abort();
    signal?.addEventListener("abort", abort);
    channel.on("broadcast", { event: "phone_number_assigned" }, look)
      .subscribe((status, error) => {
        if (isOver) return;
        clearInterval(timer);
        if (status !== "SUBSCRIBED") {
          // Not a member, no Realtime, or no network: supabase-js goes on trying to connect.
          onProblem(error?.message ?? `The channel is ${status}`);
          timer = setInterval(look, LOOK_AGAIN_MILLISECONDS);
        }
        void look();
      });
  });
}
