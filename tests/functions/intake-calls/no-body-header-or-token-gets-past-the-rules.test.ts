import { parsePhoneNumberFromString } from "libphonenumber-js/max";
import { z } from "zod";
import { assert, assertEquals } from "../../support/assert.ts";
import {
  callBody,
  clinicWith,
  type Scene,
  SECRET_KEY,
  userHeaders,
  withCalls,
} from "../../support/calls.ts";
import { extraHeaders, hostileBody, route } from "../../support/hostile-requests.ts";
import { createRandom, type Random } from "../../support/random.ts";

const ROUNDS = 10_000;
const CLINICS = 30;
const AT_ONCE = 8;

interface Clinic {
  id: string;
  number: string;
  user: Record<string, string>;
}

interface Credentials {
  headers: Record<string, string>;
  /** The organizations that they are good for; undefined: all. */
  organization?: string;
}

function credentials(random: Random, clinics: Clinic[]): Credentials {
  if (random.chance(0.75)) return { headers: { apikey: SECRET_KEY } };
  const user = random.pick(clinics);
  const token = user.user.Authorization ?? "";
  return random.pick<Credentials>([
    { headers: user.user, organization: user.id },
    { headers: user.user, organization: user.id },
    { headers: { Authorization: `Bearer ${SECRET_KEY}` } },
    { headers: {}, organization: "none" },
    { headers: { apikey: `${SECRET_KEY}x` }, organization: "none" },
    { headers: { apikey: token.slice(7) }, organization: "none" },
    { headers: { Authorization: token.slice(7) }, organization: "none" },
    { headers: { Authorization: `${token}x` }, organization: "none" },
    {
      headers: { Authorization: `Bearer ${"a".repeat(random.integer(9999))}` },
      organization: "none",
    },
    {
      headers: { Authorization: `Bearer ${random.digits(5)}.${random.digits(5)}.` },
      organization: "none",
    },
  ]);
}

interface Target {
  clinics: Clinic[];
  patients: string[];
  /** Bodies that were called with, to be sent again. */
  placed: string[];
}

async function fire(scene: Scene, random: Random, { clinics, patients, placed }: Target) {
  const clinic = random.pick(clinics);
  const { headers: given, organization } = credentials(random, clinics);
  const right = callBody(clinic.id, { patient_id: random.pick(patients) });
  const intakeId = { intake_id: `fuzz-${random.integer(20)}` };
  const body = placed.length > 0 && random.chance(0.02)
    ? random.pick(placed)
    : hostileBody(random, random.chance(0.6) ? { ...right, ...intakeId } : { ...right });
  const { path, method } = route(random);
  const headers = new Headers(given);
  if (random.chance(0.2)) extraHeaders(random, headers);
  const request = new Request(`http://localhost/intake-calls${path}`, {
    method,
    headers,
    body: method === "GET" ? undefined : body,
  });
  const response = await scene.handler(request);
  const answer = z.record(z.string(), z.unknown()).parse(await response.json());
  const what = `${method} ${path} ${response.status} ${JSON.stringify(answer)}`;
  assert(response.status < 500, what);
  if (path === "" && response.ok) {
    const from = clinics.find(({ number }) => number === answer.caller_id);
    assert(from && (organization === undefined || organization === from.id), what);
    if (typeof body === "string") placed.push(body);
  }
  if (!response.ok) assertEquals(typeof answer.code, "string", what);
  return response.status;
}

/** Every call that LiveKit was asked for is one that the rules allow. */
async function checkCalls({ db, simulator }: Scene, clinics: Clinic[], suppressed: string[]) {
  const rows = await db.query<{ room_name: string; organization_id: string; patient_id: string }>(
    "select room_name, organization_id, patient_id from phone_pool.intake_calls",
  );
  const byRoom = new Map(rows.map((row) => [row.room_name, row]));
  const perPatient = new Map<string, number>();
  const { calls } = simulator.state();
  for (const { from, fromSource, to, room } of calls) {
    const row = byRoom.get(room);
    assert(row, room);
    assertEquals(from, clinics.find(({ id }) => id === row.organization_id)?.number);
    assertEquals(fromSource, "request");
    const number = parsePhoneNumberFromString(to);
    assert(number?.countryCallingCode === "1" && number.number === to, to);
    assert(number.country === undefined || number.country === "US", to);
    assert(!["PREMIUM_RATE", "TOLL_FREE", "SHARED_COST"].includes(number.getType() ?? ""), to);
    assert(!/^\+1([2-9]11|900|976)/.test(to), to);
    assert(!suppressed.some((prefix) => to.startsWith(prefix)), to);
    const key = row.organization_id + row.patient_id;
    perPatient.set(key, (perPatient.get(key) ?? 0) + 1);
  }
  assertEquals([...perPatient.values()].filter((count) => count > 3), []);
  assertEquals(new Set(calls.map(({ room }) => room)).size, calls.length);
  return calls.length;
}

/** Nothing of a patient, no credential and no whole number in what was logged. */
function checkLogs(logs: string[], patients: string[]): void {
  const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
  const known = new Set(patients);
  for (const line of logs) {
    for (const [id] of line.matchAll(UUID)) assert(!known.has(id.toLowerCase()), line);
    const rest = line.replaceAll(UUID, "");
    assert(!/\d{10,}|\(\d{3}\)|\beyJ|Bearer|sb_secret/.test(rest), line);
  }
}

Deno.test("ten thousand hostile requests: no 500, no forbidden call, nothing in the logs", () =>
  withCalls(async (scene) => {
    const { db, logs } = scene;
    const random = createRandom(20261120);
    // Day in all of the country, for ever: the rules stay on.
    await db.query(`create or replace function phone_pool.clock() returns timestamptz
      language sql set search_path = pg_catalog, pg_temp
      as $$ select timestamptz '2026-11-20 20:00Z' $$`);
    await db.query(`update phone_pool.settings
      set calling_hours_enforced = true, calls_per_minute = 100000,
        calls_in_flight_per_organization = 20`);
    const clinics: Clinic[] = [];
    for (let k = 0; k < CLINICS; k++) {
      const number = `+1971265${6000 + k}`;
      const id = await clinicWith(db, number);
      clinics.push({ id, number, user: await userHeaders(id) });
    }
    const patients = Array.from({ length: 400 }, () => random.uuid());
    const suppressed = ["+1415"];
    // A rule that the test can see: nobody in San Francisco wants to be called.
    await db.query(
      `create or replace function phone_pool.is_do_not_call(p_organization_id uuid, p_phone_number text)
      returns boolean language sql set search_path = pg_catalog, pg_temp
      as $$ select p_phone_number like '+1415%' $$`,
    );
    const target: Target = { clinics, patients, placed: [] };
    const statuses = new Map<number, number>();
    for (let round = 0; round < ROUNDS; round += AT_ONCE) {
      const shots = Array.from({ length: AT_ONCE }, () => fire(scene, random, target));
      for (const status of await Promise.all(shots)) {
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    }
    const placed = await checkCalls(scene, clinics, suppressed);
    checkLogs(logs, patients);
    const spread = JSON.stringify([...statuses].sort());
    // The rules were all met: otherwise the generator has become too tame.
    for (const status of [200, 202, 400, 401, 403, 404, 405, 409, 413, 422, 429]) {
      assert(statuses.has(status), `no ${status} in ${spread}`);
    }
    assert(
      placed > 100 && logs.length > ROUNDS / 2,
      `${placed} calls, ${logs.length} lines, ${spread}`,
    );
  }, { connections: AT_ONCE, hasAgent: false, answerMs: 0 }));
