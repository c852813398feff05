import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Versions that the tests were written against. */
const LIVEKIT_SERVER = "v1.13.5";
/** From 1.9.0 on an answered call ends after maxCallDuration: github.com/livekit/sip/pull/762. */
const LIVEKIT_SIP = "v1.10.0";

interface Program {
  /** Names that it goes by; the first one found is taken. */
  names: string[];
  what: string;
  /** How to get it, by system. */
  install: Record<string, string>;
}

const PROGRAMS = {
  redis: {
    names: ["redis-server", "valkey-server"],
    what: "connects livekit-server and livekit-sip",
    install: { macOS: "brew install redis", Debian: "apt-get install redis-server" },
  },
  livekit: {
    names: ["livekit-server"],
    what: "LiveKit's server",
    install: {
      macOS: "brew install livekit",
      "any, with Go 1.26":
        `go install github.com/livekit/livekit-server/cmd/server@${LIVEKIT_SERVER} && ` +
        `mv "$(go env GOPATH)/bin/server" "$(go env GOPATH)/bin/livekit-server"`,
    },
  },
  sip: {
    names: ["livekit-sip"],
    what: "LiveKit's SIP bridge; builds with C libraries",
    install: {
      "macOS, first": "brew install pkg-config opus opusfile libsoxr",
      "Debian, first": "apt-get install gcc pkg-config libopus-dev libopusfile-dev libsoxr-dev",
      "any, with Go 1.26":
        `CGO_ENABLED=1 go install github.com/livekit/sip/cmd/livekit-sip@${LIVEKIT_SIP}`,
    },
  },
  sipp: {
    names: ["sipp"],
    what: "SIPp, which stands where the carrier stands",
    install: { macOS: "brew install sipp", Debian: "apt-get install sip-tester" },
  },
} satisfies Record<string, Program>;

export type ProgramName = keyof typeof PROGRAMS;
export type Programs = Record<ProgramName, string>;

export interface Found {
  /** Paths of the programs; undefined when one is missing. */
  programs: Programs | undefined;
  /** What is missing and how to get it, a line each. */
  missing: string[];
}

/** Looks for the programs in the folders of `path`, as a shell would. */
export function findPrograms(path: string): Found {
  const found: Partial<Programs> = {};
  const missing: string[] = [];
  for (const [name, program] of entries()) {
    const file = findOne(path, program.names);
    if (file) found[name] = file;
    else missing.push(...howToGet(program));
  }
  const { redis, livekit, sip, sipp } = found;
  const programs = redis && livekit && sip && sipp ? { redis, livekit, sip, sipp } : undefined;
  return { programs, missing };
}

function entries(): [ProgramName, Program][] {
  const { redis, livekit, sip, sipp } = PROGRAMS;
  return [["redis", redis], ["livekit", livekit], ["sip", sip], ["sipp", sipp]];
}

function howToGet({ names, what, install }: Program): string[] {
  const ways = Object.entries(install).map(([system, command]) => `    ${system}: ${command}`);
  return [`  ${names[0]} (${what})`, ...ways];
}

function findOne(path: string, names: string[]): string | undefined {
  const folders = path.split(delimiter).filter((folder) => folder !== "");
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
