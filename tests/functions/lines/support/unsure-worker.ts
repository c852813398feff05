import { CarrierError } from "../../../../functions/_shared/carrier-errors.ts";
import {
  type CarrierLines,
  createCarrierLines,
  type Line,
} from "../../../../functions/_shared/carrier-lines.ts";
import {
  createLineLedger,
  type LineLedger,
} from "../../../../functions/reconcile-carrier/line-ledger.ts";
import { followLines } from "../../../../functions/reconcile-carrier/lines.ts";
import type { Random } from "../../../support/random.ts";
import type { Supply } from "../../../support/supply.ts";
import { account } from "./lines.ts";

/** How often what goes wrong, of a hundred. */
export interface Risks {
  /** The worker is gone at some step, as by SIGKILL. */
  killed: number;
  /** The request is done, its answer lost. */
  lost: number;
  /** The request is done up to ten minutes after its sender has given up. */
  late: number;
  /** A read within seconds of a change shows what was there before. */
  stale: number;
  /** The worker believes the answer, and does not read back. */
  unread?: boolean;
}

export const CALM: Risks = { killed: 0, lost: 0, late: 0, stale: 0 };

const noAnswer = () => new CarrierError("carrier_down", "no answer");
const LATEST_SECONDS = 600;

/** A worker between the database and Telnyx, of whose requests some go wrong. */
export function createUnsureWorker(supply: Supply, random: Random) {
  const { TELNYX_API_KEY, TELNYX_BASE_URL } = account(supply);
  const real = createCarrierLines({ apiKey: TELNYX_API_KEY, baseUrl: TELNYX_BASE_URL });
  const ledger = createLineLedger(supply.call);
  const now = () => supply.time.now();
  const later: { at: number; send: () => Promise<void> }[] = [];
  const before = new Map<string, { line: Line; at: number }>();
  let isAway = false;

  const carrier = (risks: Risks): CarrierLines => ({
    async get(id, phoneNumber) {
      if (isAway) throw noAnswer();
      const old = before.get(id);
      const isFresh = old !== undefined && now() - old.at < 5000;
      if (isFresh && random.integer(100) < risks.stale) return old.line;
      return await real.get(id, phoneNumber);
    },
    async update(id, line, withName) {
      if (isAway) throw noAnswer();
      const send = async () => {
        const number = supply.simulator.state.numbers.get(id);
        if (number) before.set(id, { line: await real.get(id, number.phoneNumber), at: now() });
        await real.update(id, line, withName);
      };
      const dice = random.integer(100);
      if (dice < risks.late) {
        const at = now() + random.integer(LATEST_SECONDS) * 1000;
        later.push({ at, send: () => send().catch(() => {}) });
        throw noAnswer();
      }
      await send();
      if (dice < risks.late + risks.lost) throw noAnswer();
    },
  });

  return {
    /** Telnyx answers nothing until it is back. */
    setAway: (away: boolean) => void (isAway = away),
    /** One run, as a nudge starts it; it may be killed. */
    async run(risks: Risks): Promise<void> {
      const { promise: died, resolve } = Promise.withResolvers<void>();
      let steps = random.integer(100) < risks.killed ? 1 + random.integer(12) : Infinity;
      const mortal = <T extends object>(part: T): T => {
        const plain: object = part;
        return new Proxy(part, {
          get(_, key) {
            const step: (...args: never[]) => Promise<unknown> = Reflect.get(plain, key);
            return async (...args: never[]) => {
              const isLast = --steps === 0;
              const result = isLast && random.chance(0.5) ? undefined : await step(...args);
              if (!isLast) return result;
              resolve();
              return await new Promise<never>(() => {});
            };
          },
        });
      };
      const parts = { carrier: carrier(risks), ledger: believing(ledger, risks) };
      const work = followLines({
        carrier: mortal(parts.carrier),
        ledger: mortal(parts.ledger),
        log: () => {},
        now,
      });
      await Promise.race([died, work]);
    },
    /** Lets time pass; what is late is done meanwhile. */
    async pass(seconds: number): Promise<void> {
      const until = now() + seconds * 1000;
      for (const { at, send } of later.splice(0).sort((a, b) => a.at - b.at)) {
        if (at > until) later.push({ at, send });
        else {
          await supply.pass(Math.max(0, (at - now()) / 1000));
          await send();
        }
      }
      await supply.pass(Math.max(0, (until - now()) / 1000));
    },
  };
}

/** A ledger whose worker takes what it asked for as what is there. */
function believing(ledger: LineLedger, { unread }: Risks): LineLedger {
  if (!unread) return ledger;
  return {
    ...ledger,
    record: (line) =>
      ledger.record(line, { forwardTo: line.forward_to, callerName: line.caller_name }),
    // No answer is an answer to it, too.
    recordFailure: (line) =>
      ledger.record(line, { forwardTo: line.forward_to, callerName: line.caller_name }),
  };
}
