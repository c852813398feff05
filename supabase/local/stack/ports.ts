import type { PortReservations } from "./port-reservations.ts";
import type { Settings } from "./settings.ts";

export type PortName = "api" | "db" | "telnyx" | "livekit";
export type Ports = Record<PortName, number>;

type PortVariable = Extract<keyof Settings, `PHONE_POOL_${string}_PORT`>;

const CHOICES: Record<PortName, { part: string; variable: PortVariable; usual: number }> = {
  api: { part: "gateway", variable: "PHONE_POOL_API_PORT", usual: 54321 },
  db: { part: "postgres", variable: "PHONE_POOL_DB_PORT", usual: 54322 },
  telnyx: { part: "telnyx-simulator", variable: "PHONE_POOL_TELNYX_PORT", usual: 54331 },
  livekit: { part: "livekit-simulator", variable: "PHONE_POOL_LIVEKIT_PORT", usual: 54332 },
};

/** A port that was asked for by name must be free; the usual one gives way to any free one. */
export function choosePorts(
  settings: Settings,
  given: Partial<Ports> | "free",
  reservations: PortReservations,
): Ports {
  const choose = (name: PortName): number => {
    const { part, variable, usual } = CHOICES[name];
    const wanted = given === "free" ? 0 : given[name] ?? settings[variable];
    const port = reservations.hold(wanted ?? usual) ??
      (wanted === undefined ? reservations.hold(0) : undefined);
    if (port !== undefined) return port;
    throw new Error(
      `${part}: port ${wanted} is taken. Set ${variable} to another one, or to 0 for any free one.`,
    );
  };
  return {
    api: choose("api"),
    db: choose("db"),
    telnyx: choose("telnyx"),
    livekit: choose("livekit"),
  };
}
