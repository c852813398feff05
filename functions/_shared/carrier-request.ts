import type { Skip } from "./carrier-entries.ts";
import { type CarrierError, classifyCarrierError, type RequestKind } from "./carrier-errors.ts";

/** One request to the carrier, as phone_pool.carrier_requests keeps it. */
export interface CarrierRequest {
  operation: string;
  ok: boolean;
  http_status: number | null;
  error_class: string | null;
  error_code: string | null;
  milliseconds: number;
  /** On behalf of which purchase; null: of none. */
  purchase_id: string | null;
  /** Entries of the answer that were not as documented, or not what was asked for. */
  skipped_entries: number;
}

/** Hears of each request when it is over, and why entries of its answer were skipped. */
export type OnRequest = (request: CarrierRequest, skipReasons: string[]) => void;

/**
 * Runs requests with a deadline, classifies what they throw and reports each.
 * @param timeout milliseconds for a whole request, body included
 */
export function createCarrierRequest(timeout: number, onRequest?: OnRequest) {
  return async <T>(
    operation: string,
    kind: RequestKind,
    run: (signal: AbortSignal, skip: Skip) => Promise<T>,
    purchaseId?: string | null,
  ): Promise<T> => {
    const startedAt = performance.now();
    const skipReasons: string[] = [];
    const report = (error?: CarrierError) =>
      onRequest?.({
        operation,
        ok: error === undefined,
        http_status: error ? error.details.status ?? null : 200,
        error_class: error?.errorClass ?? null,
        error_code: error?.details.code ?? null,
        milliseconds: Math.round(performance.now() - startedAt),
        purchase_id: purchaseId ?? null,
        skipped_entries: skipReasons.length,
      }, skipReasons);
    try {
      // The SDK's own timeout ends with the headers; a body that stalls is cut by the signal.
      const signal = AbortSignal.timeout(timeout + 1000);
      const result = await run(signal, (reason) => void skipReasons.push(reason));
      report();
      return result;
    } catch (error) {
      const classified = classifyCarrierError(error, kind);
      report(classified);
      throw classified;
    }
  };
}
