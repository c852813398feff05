import type { Prefixes } from "./libphonenumber.ts";
import type { NumberingPlanCode } from "./nanpa.ts";
import { STATES } from "./states.ts";

export interface AreaCode {
  code: string;
  state: string;
  timeZones: string[];
  /** The area codes that serve the same places. */
  overlays: string[];
  neighbours: string[];
}

// With fewer exchanges than this on record, what is said of an area code as a whole is a guess.
const FEW_EXCHANGES = 10;

const ZONE_OF_OFFSET: Record<number, string> = {
  [-5]: "America/New_York",
  [-6]: "America/Chicago",
  [-7]: "America/Denver",
  [-8]: "America/Los_Angeles",
  [-9]: "America/Anchorage",
  [-10]: "Pacific/Honolulu",
};

// Arizona has no daylight saving time, but the Navajo Nation in its north-east has.
const ALSO: Record<string, string[]> = { "928": ["America/Denver"] };

/**
 * The area codes of the fifty states and the District of Columbia that are assigned, each with the
 * time zones in which its numbers may lie and the other area codes of its state, nearest first.
 */
export function areaCodes(plan: NumberingPlanCode[], prefixes: Prefixes): AreaCode[] {
  const postalCodes = new Set(Object.values(STATES));
  const codes = plan.filter(({ country, location, isAssigned, isGeographic }) =>
    country === "US" && isAssigned && isGeographic && postalCodes.has(location)
  );
  const overlays = overlaysOf(codes);
  const known = new Map(codes.map((entry) => [entry.code, knownOf(entry, prefixes)]));
  const groups = codes.map(({ code }) =>
    [...groupOf(code, overlays)].map((one) => known.get(one)!)
  );
  const ofState = Map.groupBy(groups.flat(), ({ state }) => state);
  return codes.map(({ code, location }, at) => {
    const group = groups[at] ?? [];
    const exchanges = group.reduce((sum, one) => sum + one.exchanges, 0);
    const wide = exchanges < FEW_EXCHANGES ? ofState.get(location) ?? [] : group;
    return {
      code,
      state: location,
      timeZones: [...new Set(wide.flatMap((one) => one.timeZones))].sort(),
      overlays: [...overlays.get(code) ?? []].sort(),
      neighbours: neighboursOf(code, known, overlays),
    };
  });
}

/** Which area codes serve the same places. NANPA names the twins of an overlay at either end. */
function overlaysOf(codes: NumberingPlanCode[]): Map<string, Set<string>> {
  const overlays = new Map(codes.map(({ code }) => [code, new Set<string>()]));
  for (const { code, complex } of codes) {
    for (const twin of complex.filter((other) => other !== code)) {
      overlays.get(code)?.add(twin);
      overlays.get(twin)?.add(code);
    }
  }
  return overlays;
}

/** The area code, its overlays, and theirs: all of these have the same time zones. */
function groupOf(code: string, overlays: Map<string, Set<string>>): Set<string> {
  const group = new Set([code]);
  for (const member of group) overlays.get(member)?.forEach((twin) => group.add(twin));
  return group;
}

interface Known {
  state: string;
  /** How many of its exchanges have a place. */
  exchanges: number;
  places: Set<string>;
  timeZones: string[];
}

/** What is known of one area code by itself. */
function knownOf({ code, location, offsets }: NumberingPlanCode, prefixes: Prefixes): Known {
  const under = <T>(map: Map<string, T>) => [...map].filter(([prefix]) => prefix.startsWith(code));
  const places = under(prefixes.places).filter(([prefix]) => prefix.length > 3);
  const isKnownWell = places.length >= FEW_EXCHANGES;
  const timeZones = new Set([
    ...under(prefixes.zones)
      // The row of a young overlay as a whole is wrong now and then: 689 is not in Chicago's zone.
      .filter(([prefix]) => prefix.length > 3 || isKnownWell).flatMap(([, zones]) => zones),
    ...ALSO[code] ?? [],
  ]);
  const offsetsOfZones = new Set([...timeZones].map(winterOffset));
  for (const offset of offsets) {
    const zone = ZONE_OF_OFFSET[offset];
    if (zone !== undefined && !offsetsOfZones.has(offset)) timeZones.add(zone);
  }
  return {
    state: location,
    exchanges: places.length,
    places: new Set(places.map(([, place]) => place).filter((place) => place.includes(","))),
    timeZones: [...timeZones],
  };
}

function winterOffset(timeZone: string): number {
  const parts = new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "shortOffset" })
    .formatToParts(new Date("2026-01-15T12:00:00Z"));
  return Number(parts.find(({ type }) => type === "timeZoneName")?.value.replace("GMT", ""));
}

/** Overlays first, then those with the most places in common, then in order of the digits. */
function neighboursOf(
  code: string,
  known: Map<string, Known>,
  overlays: Map<string, Set<string>>,
): string[] {
  const placesOf = (one: string) =>
    new Set([one, ...overlays.get(one) ?? []].flatMap((twin) => [...known.get(twin)!.places]));
  const own = placesOf(code);
  const others = [...known].filter(([other, entry]) =>
    other !== code && entry.state === known.get(code)?.state
  ).map(([other]) => ({
    other,
    isOverlay: Number(overlays.get(code)?.has(other)),
    shared: own.intersection(placesOf(other)).size,
  }));
  return others.sort((a, b) =>
    b.isOverlay - a.isOverlay || b.shared - a.shared || a.other.localeCompare(b.other)
  ).map(({ other }) => other);
}
