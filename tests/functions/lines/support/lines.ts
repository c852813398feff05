import { createHandler } from "../../../../functions/reconcile-carrier/handler.ts";
import { createFollowLines } from "../../../../functions/reconcile-carrier/lines.ts";
import {
  simulatedApiKey,
  simulatedConnectionId,
} from "../../../../supabase/local/simulators/telnyx/mod.ts";
import { assertEquals } from "../../../support/assert.ts";
import { type Runner, value } from "../../../support/pool.ts";
import type { Supply } from "../../../support/supply.ts";

const SECRET = "a-secret-of-sixteen-and-more";

export const account = ({ simulator }: Supply) => ({
  TELNYX_API_KEY: simulatedApiKey,
  TELNYX_CONNECTION_ID: simulatedConnectionId,
  TELNYX_BASE_URL: simulator.apiUrl,
  TELNYX_TIMEOUT_MS: 300,
});

/** A nudge of reconcile-carrier/lines; resolves when the work behind the answer is done. */
export async function runLines(supply: Supply): Promise<void> {
  let background: Promise<void> | undefined;
  const failures: unknown[] = [];
  const handler = createHandler({
    secrets: [SECRET],
    work: () => Promise.reject(new Error("nobody asked for a comparison")),
    importRecords: () => Promise.reject(new Error("not asked for")),
    followLines: createFollowLines(supply.call, account(supply)),
    runInBackground: (run) => background = run(),
    createLog: () => (event, fields) => {
      if (event === "work_failed" || event === "line_interrupted") failures.push(fields?.error);
    },
  });
  const headers = { Authorization: `Bearer ${SECRET}` };
  const url = "http://x/functions/v1/reconcile-carrier/lines";
  const response = await handler(new Request(url, { method: "POST", headers }));
  assertEquals(response.status, 202);
  await background;
  assertEquals(failures, []);
}

/** What a call to this number reaches: a number, or null. */
export function reached(supply: Supply, phoneNumber: string): string | null {
  const end = supply.simulator.control.ring(phoneNumber);
  return end.ends === "forwarded" ? end.to : null;
}

/** Requests about lines that Telnyx has seen. */
export const lineRequests = ({ simulator }: Supply) =>
  simulator.control.snapshot().requests
    .filter(({ operation }) => operation.startsWith("phone_numbers.voice"))
    .map(({ operation }) => operation.replace("phone_numbers.voice.", ""));

export const sweep = (db: Runner) => value<Record<string, number | null>>(db, "phone_pool.sweep()");

export const setCallback = (db: Runner, organizationId: string, phoneNumber: string | null) =>
  value<string | null>(db, "set_callback_number($1, $2)", [organizationId, phoneNumber]);
