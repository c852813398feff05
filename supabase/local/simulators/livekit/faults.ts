import { z } from "zod";
import { ConnectionReset } from "../http-server.ts";
import type { Timers } from "./timers.ts";
import { PlainFailure, twirpCodes, TwirpFailure } from "./twirp-failure.ts";

const common = {
  /** Twirp method, e.g. CreateSIPParticipant; `*` is any. */
  method: z.string().min(1),
  /** How many requests it strikes; without it, every one until it is taken away. */
  times: z.number().int().positive().optional(),
  /** Strikes only once a request of this method has come. */
  after: z.string().min(1).optional(),
};

export const faultSchema = z.discriminatedUnion("kind", [
  z.strictObject({ ...common, kind: z.literal("latency"), ms: z.number().int().nonnegative() }),
  z.strictObject({ ...common, kind: z.literal("unauthorized") }),
  z.strictObject({ ...common, kind: z.literal("trunk-not-found") }),
  z.strictObject({ ...common, kind: z.literal("no-trunk-numbers") }),
  z.strictObject({ ...common, kind: z.literal("rate-limited") }),
  z.strictObject({ ...common, kind: z.literal("unavailable") }),
  z.strictObject({ ...common, kind: z.literal("internal") }),
  z.strictObject({
    ...common,
    kind: z.literal("error"),
    code: z.enum(twirpCodes),
    message: z.string(),
    meta: z.record(z.string(), z.string()).optional(),
  }),
  z.strictObject({ ...common, kind: z.literal("reset-before") }),
  z.strictObject({ ...common, kind: z.literal("reset-after") }),
  z.strictObject({ ...common, kind: z.literal("hang-before") }),
  z.strictObject({ ...common, kind: z.literal("hang-after") }),
]);

export const faultsSchema = z.preprocess(
  (value) => Array.isArray(value) ? value : [value],
  z.array(faultSchema),
);

export type Fault = z.infer<typeof faultSchema>;

export interface Faults {
  set(faults: Fault | Fault[]): void;
  list(): Fault[];
  /** Answers a request through the faults that strike it; says which one decided its fate. */
  apply(
    method: string,
    answer: () => Promise<Response>,
  ): Promise<{ response: Response; fault?: Fault["kind"] }>;
}

export function createFaults(timers: Timers): Faults {
  let faults: Fault[] = [];

  const seen = new Set<string>();

  function use(method: string, wanted: (fault: Fault) => boolean): Fault | undefined {
    const fault = faults.find((each) =>
      (each.method === method || each.method === "*") && wanted(each) &&
      (each.after === undefined || seen.has(each.after))
    );
    if (fault?.times !== undefined && --fault.times === 0) {
      faults = faults.filter((each) => each !== fault);
    }
    return fault;
  }

  return {
    set(next) {
      faults = faultsSchema.parse(structuredClone(next));
      seen.clear();
    },
    list: () => structuredClone(faults),
    async apply(method, answer) {
      seen.add(method);
      const latency = use(method, (fault) => fault.kind === "latency");
      if (latency?.kind === "latency") await timers.wait(latency.ms);
      const fault = use(method, (each) => each.kind !== "latency");
      if (!fault) return { response: await answer(), fault: latency?.kind };
      return { response: await strike(fault, answer, timers), fault: fault.kind };
    },
  };
}

async function strike(
  fault: Fault,
  answer: () => Promise<Response>,
  timers: Timers,
): Promise<Response> {
  switch (fault.kind) {
    case "reset-before":
      throw new ConnectionReset(fault.kind);
    case "hang-before":
      await timers.stopped;
      throw new ConnectionReset(fault.kind);
    case "reset-after":
      await answer();
      throw new ConnectionReset(fault.kind);
    case "hang-after":
      await answer();
      await timers.stopped;
      throw new ConnectionReset(fault.kind);
    default:
      return failureOf(fault).toResponse();
  }
}

function failureOf(fault: Fault): TwirpFailure | PlainFailure {
  switch (fault.kind) {
    case "unauthorized":
      return new PlainFailure(401, "invalid authorization token");
    case "trunk-not-found":
      return new TwirpFailure("not_found", "requested sip trunk does not exist");
    case "no-trunk-numbers":
      return new TwirpFailure("failed_precondition", "no numbers on outbound trunk");
    case "rate-limited":
      return new TwirpFailure("resource_exhausted", "too many requests");
    case "unavailable":
      return new TwirpFailure("unavailable", "no response from servers");
    case "error":
      return new TwirpFailure(fault.code, fault.message, fault.meta);
    default:
      return new TwirpFailure("internal", "internal error");
  }
}
