/** What happens to the pool: when organizations come and go, and how the carrier behaves. */
export interface Scenario {
  name: string;
  days: number;
  /** Registrations a minute, expected `second` seconds after the beginning. */
  rate(second: number): number;
  /** As many organizations at once, by one import. */
  imports?: { at: number; count: number }[];
  /** Half of the purchases take no longer; one of 20 takes five times as long. */
  leadSeconds: number;
  /** The carrier sells nothing between the two. */
  outages?: { from: number; to: number }[];
  /** Of all organizations, how many leave in a month. */
  churn: number;
  /** That share of all wants one of so many area codes. */
  wishes?: { share: number; areaCodes: number };
}

export const MINUTE = 60;
export const HOUR = 3600;
export const DAY = 86_400;

/** Before the month that is counted: the pool and its history come to be. */
export const WARM_UP = 28 * DAY;

/** Clinics register on weekdays, in the daytime: `perDay` on the average of a week. */
export function officeHours(perDay: number): (second: number) => number {
  const peak = perDay * 7 / 5 / 10 / 60;
  return (second) => {
    const hour = second % DAY / HOUR;
    const weekday = Math.floor(second / DAY) % 7;
    return weekday < 5 && hour >= 8 && hour < 18 ? peak : 0;
  };
}

/** On the given days (of the month that is counted) from 10:00 on, `perMinute` for `hours`. */
function campaigns(days: number[], perMinute: number, hours: number) {
  return (second: number) =>
    days.some((day) => {
        const begin = WARM_UP + day * DAY + 10 * HOUR;
        return second >= begin && second < begin + hours * HOUR;
      })
      ? perMinute
      : 0;
}

const office = officeHours(10);
const calm = { days: 30, leadSeconds: 60, churn: 0.02 };

function burst(perMinute: number, hours: number): Scenario {
  const extra = campaigns([2, 9, 16, 23], perMinute, hours);
  return {
    ...calm,
    name: `burst month: 4 days with ${perMinute}/min for ${hours} h`,
    rate: (second) => office(second) + extra(second),
  };
}

export const BURST_MONTH = burst(5, 4);

const wishes = { share: 0.4, areaCodes: 30 };

/** Without and with numbers kept in the area codes that are wanted. */
export const WISHES: Scenario[] = [
  { ...calm, name: "10 a day, 40 % want an area code", rate: office, wishes },
  { ...calm, name: "200 a day, 40 % want an area code", rate: officeHours(200), wishes },
  { ...BURST_MONTH, name: "5/min for 4 h, 40 % want an area code", wishes },
];

export const SCENARIOS: Scenario[] = [
  { ...calm, name: "steady, 10 a day", rate: office },
  { ...calm, name: "steady, 200 a day", rate: officeHours(200) },
  {
    ...calm,
    name: "growing 10 % a week, 12 weeks",
    days: 84,
    rate: (second) => office(second) * 1.1 ** Math.max((second - WARM_UP) / DAY / 7, 0),
  },
  burst(1, 8),
  BURST_MONTH,
  burst(20, 2),
  { ...BURST_MONTH, name: "5/min for 4 h, carrier takes 10 min", leadSeconds: 600 },
  {
    ...BURST_MONTH,
    name: "5/min for 4 h, carrier away 3 × 2 h",
    outages: [5, 9, 20].map((day) => ({
      from: WARM_UP + day * DAY + 11 * HOUR,
      to: WARM_UP + day * DAY + 13 * HOUR,
    })),
  },
  {
    ...calm,
    name: "onboarding days: 4 imports of 100",
    rate: office,
    imports: [2, 9, 16, 23].map((day) => ({
      at: WARM_UP + day * DAY + 10 * HOUR,
      count: 100,
    })),
  },
  ...WISHES,
];
