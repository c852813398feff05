import { freePort, isFree } from "./free-port.ts";
import type { Settings } from "./settings.ts";

export type PortName = "api" | "db" | "telnyx" | "livekit";
export type Ports = Record<PortName, number>;

interface PortChoice {
  part: string;
  variable: string;
  setting: (settings: Settings) => number | undefined;
  preferred: number;
}

const CHOICES: Record<PortName, PortChoice> = {
  api: {
    part: "gateway",
    variable: "PHONE_POOL_API_PORT",
    setting: (settings) => settings.PHONE_POOL_API_PORT,
    preferred: 54321,
  },
  db: {
    part: "postgres",
    variable: "PHONE_POOL_DB_PORT",
    setting: (settings) => settings.PHONE_POOL_DB_PORT,
    preferred: 54322,
  },
  telnyx: {
    part: "telnyx-simulator",
    variable: "PHONE_POOL_TELNYX_PORT",
    setting: (settings) => settings.PHONE_POOL_TELNYX_PORT,
    preferred: 54331,
  },
  livekit: {
    part: "livekit-simulator",
    variable: "PHONE_POOL_LIVEKIT_PORT",
    setting: (settings) => settings.PHONE_POOL_LIVEKIT_PORT,
    preferred: 54332,
  },
};

/** A port that was asked for by name must be free; the usual one gives way to any free one. */
export function choosePorts(settings: Settings, given: Partial<Ports> | "free" = {}): Ports {
  const choose = (name: PortName): number => {
    const { part, variable, setting, preferred } = CHOICES[name];
    const wanted = given === "free" ? 0 : given[name] ?? setting(settings);
    if (wanted === 0) return freePort();
    if (wanted === undefined) return isFree(preferred) ? preferred : freePort();
    if (isFree(wanted)) return wanted;
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
