import { createCarrier } from "../../../functions/_shared/carrier.ts";
import { createReplenish } from "../../../functions/replenish-pool/replenish.ts";
import {
  type RunningTelnyxSimulator,
  simulatedApiKey,
  simulatedConnectionId,
  startTelnyxSimulator,
} from "../../../supabase/local/simulators/telnyx/mod.ts";
import { createRpc } from "../../support/rpc.ts";
import { pairwise } from "../compare.ts";
import { registration } from "../registrations.ts";
import type { Result } from "../report.ts";
import type { BenchServer } from "../server.ts";

const BATCH = 10;
const AT_ONCE = 5;

/**
 * From the registration that takes the pool below low water until the numbers of the batch are
 * there, beside the same requests to Telnyx by somebody who keeps no books.
 */
export async function refill(server: BenchServer, isQuick: boolean): Promise<Result[]> {
  const results: Result[] = [];
  for (const milliseconds of isQuick ? [0, 100] : [0, 100, 500]) {
    const values = new Map<string, number[]>([["low water to refilled", []], [
      "bare requests",
      [],
    ]]);
    for (let pair = 0; pair < (isQuick ? 2 : 5); pair++) {
      values.get("low water to refilled")?.push(await refillPool(server, milliseconds));
      values.get("bare requests")?.push(await withTelnyx(milliseconds, buyBare));
    }
    results.push(...pairwise(`Telnyx at ${milliseconds} ms a request`, "ms", values));
  }
  return results;
}

async function refillPool(server: BenchServer, milliseconds: number): Promise<number> {
  await using database = await server.database({ available: 5, organizations: 3000 });
  const client = await database.connect();
  const worker = await database.connect();
  const took = await withTelnyx(milliseconds, async (simulator) => {
    const account = {
      TELNYX_API_KEY: simulatedApiKey,
      TELNYX_CONNECTION_ID: simulatedConnectionId,
      TELNYX_BASE_URL: simulator.apiUrl,
    };
    const time = { now: Date.now, delay };
    await registration.register(client, "low-water");
    const { owned } = await createReplenish(createRpc(worker), account, time)(() => {});
    if (owned !== BATCH) throw new Error(`${owned} numbers bought, not ${BATCH}`);
  });
  await Promise.all([client.end(), worker.end()]);
  return took;
}

/** Search, order, look up: what a purchase cannot do without. */
async function buyBare(simulator: RunningTelnyxSimulator): Promise<void> {
  const carrier = createCarrier({
    apiKey: simulatedApiKey,
    connectionId: simulatedConnectionId,
    baseUrl: simulator.apiUrl,
  });
  const taken = new Set<string>();
  let left = BATCH;
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (left-- > 0) {
      const reference = crypto.randomUUID();
      const candidates = await carrier.search(null);
      const candidate = candidates.find(({ phoneNumber }) => !taken.has(phoneNumber));
      if (!candidate) throw new Error("the simulator has no numbers");
      taken.add(candidate.phoneNumber);
      await carrier.order(candidate.phoneNumber, reference);
      await carrier.findNumber(candidate.phoneNumber);
    }
  }));
}

/** Milliseconds of the work, with a simulator that takes so long for each answer. */
async function withTelnyx(
  milliseconds: number,
  work: (simulator: RunningTelnyxSimulator) => Promise<void>,
): Promise<number> {
  const simulator = await startTelnyxSimulator({ orderDelayMs: 0 });
  if (milliseconds > 0) {
    simulator.control.addFault({ operation: "*", kind: "latency", ms: milliseconds });
  }
  try {
    const startedAt = performance.now();
    await work(simulator);
    return performance.now() - startedAt;
  } finally {
    await simulator.stop();
  }
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
