import type { NumberingPlanCode } from "./nanpa.ts";

/** An area code that is not called, and what it is. */
export interface RefusedAreaCode {
  code: string;
  kind: "abroad" | "service";
  what: string;
}

// Area codes that NANPA lists as free, and that must not be called all the same.
const FORMERLY: Record<string, string> = {
  "456": "Inbound international services, until 2017",
  "976": "Premium services, as an exchange of any area code",
};

/**
 * Every area code that is known not to be a patient's: of another country, of a territory, or of a
 * service. One that NANPA has not given a purpose may be a placeholder or younger than the report.
 */
export function refusedAreaCodes(
  plan: NumberingPlanCode[],
  ofStates: Set<string>,
): RefusedAreaCode[] {
  return plan.filter(({ code }) => !ofStates.has(code) && code !== "555")
    .filter((entry) => isAbroad(entry) || isService(entry))
    .map((entry) =>
      isAbroad(entry)
        ? { code: entry.code, kind: "abroad", what: placeOf(entry) }
        : { code: entry.code, kind: "service", what: FORMERLY[entry.code] ?? entry.purpose }
    );
}

function isAbroad({ isGeographic, isAssigned, country }: NumberingPlanCode): boolean {
  return isGeographic && (isAssigned || !["", "US"].includes(country));
}

function isService({ code, isAssigned, isAssignable, purpose }: NumberingPlanCode): boolean {
  return code in FORMERLY || isAssigned || !isAssignable ||
    /toll.?free|5XX|Non-Geographic|Canada/i.test(purpose);
}

function placeOf({ location, country }: NumberingPlanCode): string {
  const words = [location, country === location ? "" : country].filter((word) => word !== "");
  return words.join(", ");
}
