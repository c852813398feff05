import { z } from "zod";
import type { NumberStatus } from "./wire.ts";

/** Values that the control and the faults take. */
export const e164 = z.string().regex(/^\+[1-9]\d{6,14}$/);
export const amount = z.string().regex(/^\d+(\.\d{1,5})?$/);
export const areaCode = z.string().regex(/^[2-9]\d\d$/);

/** Telnyx API reference, the status of a phone number. */
export const numberStatus = z.enum(
  [
    "active",
    "deleted",
    "emergency-only",
    "port-failed",
    "port-out-pending",
    "port-pending",
    "ported-out",
    "provision-pending",
    "purchase-failed",
    "purchase-pending",
    "requirement-info-exception",
    "requirement-info-pending",
    "requirement-info-under-review",
  ] satisfies NumberStatus[],
);
