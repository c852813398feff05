import { type CarrierError, classifyCarrierError } from "./carrier-errors.ts";

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
}

/**
 * Runs requests with a deadline, classifies what they throw and reports each.
 * @param timeout milliseconds for a whole request, body included
 */
export function createCarrierRequest(
  timeout: number,
  onRequest?: (request: CarrierRequest) => void,
) {
  return async <T>(
    operation: string,
    changes: boolean,
    run: (signal: AbortSignal) => Promise<T>,
    purchaseId?: string | null,
  ): Promise<T> => {
    const startedAt = performance.now();
    const report = (error?: CarrierError) =>
      onRequest?.({
        operation,
        ok: error === undefined,
        http_status: error ? error.details.status ?? null : 200,
        error_class: error?.errorClass ?? null,
        error_code: error?.details.code ?? null,
        milliseconds: Math.round(performance.now() - startedAt),
        purchase_id: purchaseId ?? null,
      });
    try {
      // The SDK's own timeout ends with the headers; a body that stalls is cut by the signal.
      const result = await run(AbortSignal.timeout(timeout + 1000));
      report();
      return result;
    } catch (error) {
      const classified = classifyCarrierError(error, changes);
      report(classified);
      throw classified;
    }
  };
}
