import { createPart, type Part, type PartSpec } from "./part.ts";
import { logDirectory } from "./paths.ts";
import type { PortReservations } from "./port-reservations.ts";
import type { Reaper } from "./reaper.ts";

export interface Supervisor {
  parts: Map<string, Part>;
  start(spec: PartSpec): Promise<void>;
  /** Settles with the reason when a part crashed that the stack cannot go on without. */
  failed: Promise<Error>;
  /** Ends all parts, the one named `last` after all others. */
  stopAll(last: string): Promise<void>;
}

export interface SupervisorOptions {
  directory: string;
  reaper: Reaper;
  reservations: PortReservations;
  report: (message: string) => void;
  /** A part has another process now. */
  onChange: () => Promise<void>;
}

/** Keeps the parts of a stack running. */
export function createSupervisor(options: SupervisorOptions): Supervisor {
  const parts = new Map<string, Part>();
  const { promise: failed, resolve: fail } = Promise.withResolvers<Error>();
  const events = {
    onLaunch: ({ port }: PartSpec) => port !== undefined && options.reservations.release(port),
    onLaunched: options.reaper.watch,
    onRestarted: options.onChange,
    onCrash: options.report,
    onFailure: fail,
  };
  return {
    parts,
    failed,
    async start(spec) {
      const part = createPart(spec, logDirectory(options.directory), events);
      parts.set(spec.name, part);
      await part.restart();
    },
    async stopAll(last) {
      const others = [...parts.values()].filter((part) => part.name !== last);
      await Promise.all(others.map((part) => part.stop()));
      await parts.get(last)?.stop();
    },
  };
}
