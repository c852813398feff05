import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Versions that the tests were written against; README.md names those that pass. */
const LIVEKIT_SERVER = "v1.13.5";
const LIVEKIT_SIP = "v1.8.0";
const LIVEKIT_AGENTS = "1.8.9";

interface Program {
  /** Names that it goes by; the first one found is taken. */
  names: string[];
  what: string;
  /** Whether the one that was found will do. */
  isUsable?: (file: string) => boolean;
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
      // go install asks for the list of all versions, which not every module proxy has.
      "any, with Go 1.26, in an empty folder": "go mod init wire && " +
        `go get github.com/livekit/sip/cmd/livekit-sip@${LIVEKIT_SIP} && ` +
        'go build -o "$(go env GOPATH)/bin/" github.com/livekit/sip/cmd/livekit-sip',
    },
  },
  python: {
    names: ["python3"],
    what: "Python with livekit-agents, LiveKit's own framework for agents",
    isUsable: (file) => hasAgents(file),
    install: {
      any: `python3 -m venv agents && agents/bin/pip install livekit-agents==${LIVEKIT_AGENTS}, ` +
        "and agents/bin first on PATH",
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
    const file = findAll(path, program.names).find((file) => program.isUsable?.(file) ?? true);
    if (file) found[name] = file;
    else missing.push(...howToGet(program));
  }
  const { redis, livekit, sip, python, sipp } = found;
  const programs = redis && livekit && sip && python && sipp
    ? { redis, livekit, sip, python, sipp }
    : undefined;
  return { programs, missing };
}

function entries(): [ProgramName, Program][] {
  const { redis, livekit, sip, python, sipp } = PROGRAMS;
  return [
    ["redis", redis],
    ["livekit", livekit],
    ["sip", sip],
    ["python", python],
    ["sipp", sipp],
  ];
}

function howToGet({ names, what, install }: Program): string[] {
  const ways = Object.entries(install).map(([system, command]) => `    ${system}: ${command}`);
  return [`  ${names[0]} (${what})`, ...ways];
}

function findAll(path: string, names: string[]): string[] {
  const folders = path.split(delimiter).filter((folder) => folder !== "");
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).filter(isExecutable);
}

function hasAgents(python: string): boolean {
  const look = "import importlib.util as u, sys; sys.exit(u.find_spec('livekit.agents') is None)";
  try {
    return spawnSync(python, ["-c", look], { stdio: "ignore", timeout: 20_000 }).status === 0;
  } catch {
    return false;
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
