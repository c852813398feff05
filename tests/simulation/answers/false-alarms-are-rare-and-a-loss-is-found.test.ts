import { assert, assertEquals } from "../../support/assert.ts";
import { createRandom } from "../../support/random.ts";
import { normal, RULE, verdicts, yearOfCalls } from "../answers.ts";

const FLEET = 0.7;
const YEARS = 20;
const CLINICS = 100;
/** 50,000 calls a month from 500 clinics. */
const CALLS_A_YEAR = 1200;

/** How often an alarm begins; one that stops for less than 50 calls is the same. */
function alarms(verdict: boolean[]): number {
  let count = 0;
  let quiet = Infinity;
  for (const is of verdict) {
    if (is && quiet >= 50) count++;
    quiet = is ? 0 : quiet + 1;
  }
  return count;
}

Deno.test(`${YEARS} years of ${CLINICS} clinics: less than one false alarm a year`, () => {
  let count = 0;
  for (let year = 1; year <= YEARS; year++) {
    const random = createRandom(year);
    for (let clinic = 0; clinic < CLINICS; clinic++) {
      const rate = Math.min(0.9, Math.max(0.45, FLEET + 0.08 * normal(random)));
      const calls = CALLS_A_YEAR + RULE.earlier;
      const year = yearOfCalls(random, { rate, calls, wander: 0.02 });
      count += alarms(verdicts(year, FLEET).slice(RULE.earlier));
    }
  }
  console.log(`${count} false alarms in ${YEARS} years: ${count / YEARS} a year`);
  assert(count < YEARS, `${count} in ${YEARS} years`);
});

interface Loss {
  from: number;
  to: number;
  /** Share of 1,000 numbers that must be found within 50 calls. */
  atLeast: number;
}

const LOSSES: Loss[] = [
  // By 40 of 100 calls.
  { from: 0.9, to: 0.5, atLeast: 0.9 },
  { from: 0.8, to: 0.4, atLeast: 0.9 },
  { from: 0.7, to: 0.3, atLeast: 0.9 },
  { from: 0.6, to: 0.2, atLeast: 0.9 },
  { from: 0.5, to: 0.1, atLeast: 0.95 },
  // By 40 % of what it was: fewer calls cannot tell more, see README.md.
  { from: 0.9, to: 0.54, atLeast: 0.85 },
  { from: 0.8, to: 0.48, atLeast: 0.6 },
  { from: 0.7, to: 0.42, atLeast: 0.35 },
];

for (const { from, to, atLeast } of LOSSES) {
  Deno.test(`from ${from} to ${to}: found within 50 calls by ${atLeast * 100} of 100`, () => {
    const after: number[] = [];
    for (let seed = 1; seed <= 1000; seed++) {
      const random = createRandom(seed * 7919);
      const calls = [
        ...Array.from({ length: RULE.earlier }, () => random.chance(from)),
        ...Array.from({ length: 400 }, () => random.chance(to)),
      ];
      const found = verdicts(calls, FLEET).slice(RULE.earlier).indexOf(true);
      after.push(found < 0 ? Infinity : found + 1);
    }
    after.sort((a, b) => a - b);
    const share = after.filter((calls) => calls <= 50).length / after.length;
    console.log(`${from} to ${to}: ${share * 100} % within 50 calls, half within ${after[499]}`);
    assert(share >= atLeast, `${share}`);
  });
}

Deno.test("nothing is said below 30 calls", () => {
  const none = Array.from({ length: 60 }, () => false);
  assertEquals(verdicts(none, FLEET).indexOf(true), RULE.least - 1);
});
