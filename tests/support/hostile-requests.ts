import { getCountries, getCountryCallingCode } from "libphonenumber-js/max";
import type { Random } from "./random.ts";

const COUNTRIES = getCountries();
const AREA_CODES = ["212", "305", "415", "602", "702", "808", "907", "617", "850", "555"];

/** Something that calls itself a phone number. */
export function phoneNumber(random: Random): unknown {
  const us = `+1${random.pick(AREA_CODES)}${2 + random.integer(8)}${random.digits(6)}`;
  const abroad = `+${getCountryCallingCode(random.pick(COUNTRIES))}`;
  return random.pick<() => unknown>([
    () => us,
    () => us,
    () => `${us.slice(0, 2)} (${us.slice(2, 5)}) ${us.slice(5, 8)}-${us.slice(8)}`,
    () => abroad + random.digits(4 + random.integer(9)),
    () => abroad + random.digits(7 + random.integer(4)),
    () => `+1${random.pick(["900", "800", "888", "976", "411", "911", "500", "700"])}5550123`,
    () => random.pick(["911", "112", "988", "411", "0", "+911", "24273", "1", "+"]),
    () => `sip:${us}@example.com`,
    () => `tel:${us};ext=5`,
    () => `${us};ext=${random.digits(3)}`,
    () => `${us}\r\nP-Asserted-Identity: <sip:+15005550006@x>`,
    () => us.replaceAll(/\d/g, (digit) => String.fromCharCode(0x660 + Number(digit))),
    () => `＋${us.slice(1)}`,
    () => `${us}' or '1'='1`,
    () => us.slice(1),
    () => `00${us.slice(1)}`,
    () => us + random.digits(30),
    () => Number(us.slice(1)),
    () => random.text(40),
    () => random.pick<unknown>([null, true, [], {}, [us], { toString: us }]),
  ])();
}

export function json(random: Random, depth: number): unknown {
  if (depth <= 0 || random.chance(0.4)) {
    return random.pick<() => unknown>([
      () => random.text(30),
      () => random.integer(1e9),
      () => -1e308 * random.integer(9),
      () => random.pick([null, true, false, "", "\0", "\ud800", "__proto__"]),
    ])();
  }
  const size = random.integer(4);
  if (random.chance(0.5)) return Array.from({ length: size }, () => json(random, depth - 1));
  return Object.fromEntries(
    Array.from({ length: size }, () => [random.text(8), json(random, depth - 1)]),
  );
}

/** Some body, mostly near to a right one; `right` is one. */
export function hostileBody(random: Random, right: Record<string, unknown>): BodyInit {
  const body: Record<string, unknown> = { ...right, phone_number: phoneNumber(random) };
  if (random.chance(0.3)) {
    const field = random.pick(Object.keys(body));
    body[field] = random.pick<() => unknown>([
      () => undefined,
      () => json(random, 3),
      () => random.text(80),
      () => String(right[field]).toUpperCase(),
      () => `${right[field]}\r\nX: 1`,
      () => `{${right[field]}}`,
    ])();
  }
  if (random.chance(0.1)) body[random.text(10)] = json(random, 2);
  if (random.chance(0.3)) body.metadata = json(random, random.integer(30));
  if (random.chance(0.1)) {
    body.time_zone = random.pick(["America/Denver", "Asia/Tokyo", "../x", ""]);
  }
  if (random.chance(0.004)) body.metadata = { large: "x".repeat(random.integer(1 << 20)) };
  const text = JSON.stringify(body);
  return random.chance(0.9) ? text : broken(random, text);
}

function broken(random: Random, text: string): BodyInit {
  return random.pick<() => BodyInit>([
    () => text.slice(0, random.integer(text.length)),
    () => `\ufeff${text}`,
    () => `[${text}]`,
    () => "[".repeat(random.integer(30_000)),
    () => `{"a":`.repeat(random.integer(5000)),
    () => text.replace(/^\{/, '{"__proto__":{"organization_id":1},'),
    () => text.replace(/"phone_number":/, '"phone_number":"+12125550100","phone_number":'),
    () => crypto.getRandomValues(new Uint8Array(random.integer(300))),
    () => new TextEncoder().encode(text).map((byte, k) => k % 50 === 49 ? 0xff : byte),
    () => new URLSearchParams({ body: text }),
    () => random.pick(["", " ", "null", "true", "0", '""', "NaN", "<xml/>"]),
    () => "x".repeat(random.integer(1 << 20)),
  ])();
}

const PATHS = ["/sweep", "/openapi.json", "/x/answered", "/x/ended", "/x/opt-out", "/a/b/c"]
  .concat("//", "/%00", "/../sweep", "/%2e%2e/x", "/x/answered/", "/ü/answered");

/** Where and how a request goes; mostly POST to the function itself. */
export function route(random: Random): { path: string; method: string } {
  return {
    path: random.chance(0.95) ? "" : random.pick(PATHS),
    method: random.chance(0.98) ? "POST" : random.pick(["GET", "PUT", "DELETE", "OPTIONS"]),
  };
}

/** Headers beside the credentials. Those that cannot be sent at all are left out. */
export function extraHeaders(random: Random, headers: Headers): void {
  const name = random.pick(["X-Forwarded-For", "Content-Type", "Prefer", "X-Request-Id", "Cookie"]);
  const value = random.pick<() => string>([
    () => random.text(60),
    () => "application/x-www-form-urlencoded",
    () => `a\r\nAuthorization: Bearer x`,
    () => "y".repeat(random.integer(9000)),
  ])();
  try {
    headers.set(name, value);
  } catch {
    // The runtime refuses it: nothing that could be sent.
  }
}
