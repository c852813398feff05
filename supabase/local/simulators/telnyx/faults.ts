import { type Fault, type FaultOf, type FaultRequest, faultSchema } from "./fault-kinds.ts";
import type { Operation } from "./operations.ts";

export interface ActiveFault {
  id: string;
  fault: Fault;
  /** How often it has applied. */
  applied: number;
}

export interface Faults {
  /** Switches a fault on and returns its id. */
  add(fault: FaultRequest): string;
  /** Switches one off, or all. */
  clear(id?: string): void;
  list(): ActiveFault[];
  /**
   * The faults that apply to one request or webhook; each counts as applied.
   * @param areaCode of the numbers that the request is about, if it names one
   */
  draw(operation: Operation | "webhooks.send", areaCode?: string): Fault[];
}

/** Ends the request before the work, so that no later fault can apply to it. */
export function stopsBeforeWork(fault: Fault): boolean {
  switch (fault.kind) {
    case "timeout":
    case "reset":
    case "rate_limited":
    case "server_error":
    case "bad_request":
    case "conflict":
      return fault.when === "before";
    case "unauthorized":
    case "insufficient_funds":
    case "none_found":
    case "empty_result":
    case "number_taken":
    case "refused":
      return true;
    default:
      return false;
  }
}

/** The first of the faults that is of this kind. */
export function pick<Kind extends Fault["kind"]>(
  faults: Fault[],
  kind: Kind,
): FaultOf<Kind> | undefined {
  return faults.find((fault): fault is FaultOf<Kind> => fault.kind === kind);
}

/** The faults that are switched on; they apply in the order in which they were added. */
export function createFaults(random: () => number): Faults {
  let active: ActiveFault[] = [];
  let count = 0;

  function applies({ fault, applied }: ActiveFault, operation: string, areaCode = ""): boolean {
    const meant = fault.operation === operation ||
      (fault.operation === "*" && operation !== "webhooks.send");
    const isElsewhere = "area_codes" in fault && fault.area_codes?.includes(areaCode) === false;
    if (!meant || isElsewhere || (fault.times !== undefined && applied >= fault.times)) {
      return false;
    }
    return fault.probability === undefined || random() < fault.probability;
  }

  return {
    add(request) {
      const id = `fault-${++count}`;
      active.push({ id, fault: faultSchema.parse(request), applied: 0 });
      return id;
    },
    clear(id) {
      active = id === undefined ? [] : active.filter((entry) => entry.id !== id);
    },
    list: () => active.map((entry) => ({ ...entry })),
    draw(operation, areaCode) {
      const drawn: Fault[] = [];
      for (const entry of active) {
        if (!applies(entry, operation, areaCode)) continue;
        entry.applied += 1;
        drawn.push(entry.fault);
        if (stopsBeforeWork(entry.fault)) break;
      }
      active = active.filter(({ fault, applied }) => applied < (fault.times ?? Infinity));
      return drawn;
    },
  };
}
