import { assert, assertEquals } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";

interface Verdict extends Record<string, unknown> {
  is_open: boolean;
  retry_at: Date | null;
}

// One in each region, all that lie in several zones among them.
const AREA_CODES = [
  ..."202 203 205 207 208 212 214 218 270 303 305 307 308 312 316 317 402 405 406 415".split(" "),
  ..."423 435 502 505 512 541 602 603 605 615 620 701 702 712 715 775 785 801 802 803".split(" "),
  ..."808 812 843 850 901 906 907 915 928 931".split(" "),
];
const FROM = 8 * 3600;
const TO = 21 * 3600;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Seconds since local midnight, as the runtime's own time zone data has it. */
function secondOfDay(zone: string, at: Date): number {
  const format = formats.get(zone) ??
    new Intl.DateTimeFormat("en-GB", { timeZone: zone, timeStyle: "medium", hourCycle: "h23" });
  formats.set(zone, format);
  const [hours = 0, minutes = 0, seconds = 0] = format.format(at).split(":").map(Number);
  return hours * 3600 + minutes * 60 + seconds;
}

const isOpen = (zones: string[], at: Date) =>
  zones.every((zone) => secondOfDay(zone, at) >= FROM && secondOfDay(zone, at) < TO);

/** The days on which clocks change, those beside them, and two ordinary ones; at the window's edges. */
function moments(zones: string[]): Date[] {
  const days = ["2026-03-07", "2026-03-08", "2026-03-09", "2026-07-04", "2026-10-31", "2026-11-01"]
    .concat("2026-11-02", "2026-12-24");
  const hours = Array.from({ length: 26 }, (_, hour) => hour);
  const around = days.flatMap((day) =>
    hours.map((hour) => new Date(Date.parse(`${day}T00:00:00Z`) + hour * 3_600_000))
  );
  // A window's edge is on a full hour in every zone of the country.
  const edges = around.filter((at) =>
    zones.some((zone) => [FROM, TO].includes(secondOfDay(zone, at)))
  );
  return edges.flatMap((at) => [-1000, 0, 1000].map((by) => new Date(at.getTime() + by)));
}

async function verdicts(db: TestDatabase, callee: string, zone: string | null, at: Date[]) {
  return await db.query<Verdict>(
    `select h.is_open, h.retry_at
     from unnest($3::timestamptz[]) with ordinality as m (at, place)
     cross join lateral phone_pool.calling_hours($1, $2, m.at) h order by m.place`,
    [callee, zone, at],
  );
}

function check(zones: string[], at: Date[], found: Verdict[]): number {
  for (const [k, moment] of at.entries()) {
    const verdict = found[k];
    const where = `${zones} at ${moment.toISOString()}`;
    assertEquals(verdict?.is_open, isOpen(zones, moment), where);
    if (verdict?.is_open) {
      assertEquals(verdict.retry_at, null, where);
    } else {
      const retryAt = verdict?.retry_at;
      assert(retryAt && retryAt > moment && isOpen(zones, retryAt), where);
      assert(!isOpen(zones, new Date(retryAt.getTime() - 1000)), `${where}: not the first moment`);
    }
  }
  return at.length;
}

Deno.test("calling hours hold in every zone of an area code, as Intl has the zones", async () => {
  await using db = await createTestDatabase();
  assertEquals(new Set(AREA_CODES).size, 50);
  let checked = 0;
  for (const areaCode of AREA_CODES) {
    const [row] = await db.query<{ time_zones: string[] }>(
      "select time_zones from phone_pool.area_codes where area_code = $1",
      [areaCode],
    );
    assert(row, areaCode);
    const at = moments(row.time_zones);
    checked += check(row.time_zones, at, await verdicts(db, `+1${areaCode}5550123`, null, at));
  }
  assert(checked > 2000, `${checked} moments`);
});

Deno.test("an area code that spans zones is allowed only when all agree", async () => {
  await using db = await createTestDatabase();
  // 850: Eastern and Central. 8:30 in the one is 7:30 in the other, 20:30 is 21:30.
  const at = ["2026-07-01T12:30Z", "2026-07-01T13:00Z", "2026-07-02T00:59Z", "2026-07-02T01:30Z"];
  const found = await verdicts(db, "+18505550123", null, at.map((text) => new Date(text)));
  assertEquals(found.map(({ is_open }) => is_open), [false, true, true, false]);
  const own = await verdicts(
    db,
    "+18505550123",
    "America/New_York",
    at.map((text) => new Date(text)),
  );
  assertEquals(own.map(({ is_open }) => is_open), [true, true, true, false]);
});

Deno.test("an area code that nobody knows is called when it is day in all of the country", async () => {
  await using db = await createTestDatabase();
  const zones = ["America/New_York", "America/Adak", "Pacific/Honolulu"];
  const at = moments(zones);
  check(zones, at, await verdicts(db, "+15551234567", null, at));
});

Deno.test("only time zones of the United States count as the patient's own", async () => {
  await using db = await createTestDatabase();
  const ok = (zone: string) =>
    db.query("select phone_pool.is_us_time_zone($1) as ok", [zone]).then(([row]) => row?.ok);
  const [all] = await db.query<{ zones: string[] }>(
    "select array_agg(distinct z) as zones from phone_pool.area_codes, unnest(time_zones) z",
  );
  for (const zone of [...all?.zones ?? [], "America/Detroit", "US/Eastern"]) {
    assertEquals(await ok(zone), true, zone);
    assert(isOpen([zone], new Date()) !== undefined, "Intl knows it");
  }
  for (const zone of ["Asia/Tokyo", "UTC", "EST5EDT", "America/Toronto", "", "america/new_york"]) {
    assertEquals(await ok(zone), false, zone);
  }
});
