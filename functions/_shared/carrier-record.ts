import type { CarrierRequest, OnRequest } from "./carrier-request.ts";
import { describe } from "./http.ts";
import type { Log } from "./log.ts";

/**
 * Does work that asks Telnyx, and keeps a record of every request it made there, however it ends;
 * what was skipped in the answers is said once an operation.
 */
export async function keepRecord<T>(
  log: Log,
  store: (requests: CarrierRequest[]) => Promise<void>,
  work: (onRequest: OnRequest) => Promise<T>,
): Promise<T> {
  const requests: CarrierRequest[] = [];
  const skipped = new Map<string, string[]>();
  try {
    return await work((request, reasons) => {
      requests.push(request);
      if (reasons.length === 0) return;
      skipped.set(request.operation, [...skipped.get(request.operation) ?? [], ...reasons]);
    });
  } finally {
    for (const [operation, reasons] of skipped) {
      const why = [...new Set(reasons)].slice(0, 10).join(", ");
      log("entries_skipped", { operation, entries: reasons.length, why });
    }
    if (requests.length > 0) {
      await store(requests)
        .catch((error) => log("requests_not_recorded", { error: describe(error) }));
    }
  }
}
