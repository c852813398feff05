import { createAgentWatch } from "../../../../functions/_shared/agent-watch.ts";
import type { Presence } from "../../../../functions/_shared/rooms.ts";
import { assertEquals } from "../../../support/assert.ts";

const agent = (...agents: string[]): Presence => ({ agents, isAgentComing: false, hasPhone: true });
const NOBODY = agent();
const HUNG_UP: Presence = { ...NOBODY, hasPhone: false };

interface Case {
  what: string;
  /** What the room shows, look by look; the last one from then on. */
  room: Presence[];
  /** Agents whose process does not answer. */
  dead?: string[];
  known?: string;
  finding: "heard" | "over";
  isHungUp: boolean;
}

const CASES: Case[] = [
  { what: "an agent is there", room: [agent("a")], finding: "heard", isHungUp: false },
  {
    what: "the one that is known answers",
    room: [],
    known: "a",
    finding: "heard",
    isHungUp: false,
  },
  { what: "nobody is there", room: [NOBODY], finding: "over", isHungUp: true },
  { what: "the phone is gone", room: [HUNG_UP], finding: "over", isHungUp: false },
  {
    what: "the phone is gone, the agent is not",
    room: [{ ...agent("a"), hasPhone: false }],
    finding: "over",
    isHungUp: false,
  },
  {
    what: "one agent leaves, and another one comes a second later",
    room: [NOBODY, NOBODY, agent("b")],
    finding: "heard",
    isHungUp: false,
  },
  {
    what: "one agent leaves, and the patient hangs up meanwhile",
    room: [NOBODY, HUNG_UP],
    finding: "over",
    isHungUp: false,
  },
  {
    what: "the known one has died, and is still listed",
    room: [agent("a")],
    known: "a",
    dead: ["a"],
    finding: "over",
    isHungUp: true,
  },
  {
    what: "the known one has died, another one is there",
    room: [agent("a", "b")],
    known: "a",
    dead: ["a"],
    finding: "heard",
    isHungUp: false,
  },
];

for (const { what, room, dead = [], known, finding, isHungUp } of CASES) {
  Deno.test(`${what}: ${isHungUp ? "hung up" : "not hung up"}`, async () => {
    const looks = [...room];
    const deleted: string[] = [];
    const hungUp: string[] = [];
    const watch = createAgentWatch({ id: "1", roomName: "call-1" }, {
      rooms: {
        look: () => Promise.resolve((looks.length > 1 ? looks.shift() : looks[0]) ?? NOBODY),
        ping: (_room, identity) =>
          Promise.resolve(dead.includes(identity) ? "silent" as const : "alive" as const),
        deleteRoom: (name) => Promise.resolve(void deleted.push(name)),
      },
      hangUp: (id) => Promise.resolve(hungUp.push(id) > 0),
      delay: () => Promise.resolve(),
      log: () => {},
    }, known);
    assertEquals(await watch.look(), finding);
    assertEquals([hungUp, deleted], isHungUp ? [["1"], ["call-1"]] : [[], []]);
  });
}
