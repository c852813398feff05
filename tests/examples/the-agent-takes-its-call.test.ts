import { z } from "zod";
import { type Job, type Participant, takeCall } from "../../supabase/examples/agent.ts";
import type { Outcome } from "../../supabase/examples/intake-call.ts";
import { inRoot } from "../../supabase/local/stack/paths.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { openRooms, type Scene, withCalls } from "../support/calls.ts";
import { pythonWith } from "../support/python.ts";
import { agentVariables, type PlacedCall, ringingCall, serve } from "./support/serve.ts";

type What = "completed" | "voicemail" | "somebody-else" | "opt-out" | "crash" | "no-answer";

interface Seen {
  /** What the agent did, in this order. */
  did: string[];
  details?: Record<string, unknown>;
}

type RunAgent = (scene: Scene, url: string, call: PlacedCall, what: What) => Promise<Seen>;

/** agent.ts, with a job and a room that say what LiveKit's would. */
const inTypeScript: RunAgent = async (scene, url, call, what) => {
  const did: string[] = [];
  let details: Record<string, unknown> | undefined;
  const listeners = new Map<string, (...parts: never[]) => void>();
  const callee: Participant = { identity: `callee-${call.id}`, attributes: {} };
  const job: Job = {
    job: { metadata: JSON.stringify({ call_id: call.id }), room: { name: call.roomName } },
    room: {
      remoteParticipants: new Map([[callee.identity, callee]]),
      on(event, listener) {
        listeners.set(event, listener);
        // The last one that it listens to: now the phone is answered, or not.
        if (event !== "disconnected") return;
        const tell = (name: string, ...parts: unknown[]) =>
          queueMicrotask(() => listeners.get(name)?.(...parts as never[]));
        if (what === "no-answer") return tell("participantDisconnected", callee);
        callee.attributes["sip.callStatus"] = "active";
        tell("participantAttributesChanged", { "sip.callStatus": "active" }, callee);
      },
    },
    connect: () => Promise.resolve(void did.push("connect")),
    shutdown: () => void did.push("shutdown"),
  };
  await takeCall(
    job,
    async (_job, intakeCall, read) => {
      did.push("interview");
      details = { ...read };
      if (what === "crash") throw new Error("the model is away");
      if (what === "opt-out") await intakeCall.optOut();
      const outcomes: Partial<Record<What, Outcome>> = {
        "voicemail": "voicemail",
        "somebody-else": "wrong_person",
      };
      return outcomes[what] ?? "completed";
    },
    agentVariables(scene, url),
    () => {},
  );
  assertEquals(openRooms(scene), [], "the room is deleted: the phone is hung up");
  did.splice(did.indexOf("shutdown"), 0, "delete_room");
  return { did, details };
};

const said = z.object({ did: z.string(), details: z.record(z.string(), z.unknown()).optional() });

/** agent.py, with tests/examples/support/agent_harness.py as its job. */
const inPython = (python: string): RunAgent => async (scene, url, call, what) => {
  const { stdout, stderr, success } = await new Deno.Command(python, {
    args: [
      inRoot("tests", "examples", "support", "agent_harness.py"),
      ...[inRoot("supabase", "examples"), call.id, call.roomName, what],
    ],
    env: agentVariables(scene, url),
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  const events = new TextDecoder().decode(stdout).trim().split("\n")
    .map((line) => said.parse(JSON.parse(line)));
  return {
    did: events.map(({ did }) => did),
    details: events.find(({ details }) => details)?.details,
  };
};

const python = await pythonWith("livekit.agents", "aiohttp");
const languages: [string, RunAgent | undefined][] = [
  ["agent.ts", inTypeScript],
  ["agent.py", python === undefined ? undefined : inPython(python)],
];

const CASES: [what: What, status: string, isSuppressed: boolean][] = [
  ["completed", "completed", false],
  ["voicemail", "voicemail", false],
  ["somebody-else", "wrong_person", false],
  ["opt-out", "completed", true],
  ["crash", "answered", false],
  ["no-answer", "dialing", false],
];

for (const [file, run] of languages) {
  for (const [what, status, isSuppressed] of CASES) {
    Deno.test({
      name: `${file}: ${what}`,
      ignore: run === undefined,
      fn: () =>
        withCalls(async (scene) => {
          const call = await ringingCall(scene);
          await using platform = serve(scene.handler);
          const { did, details } = await run!(scene, platform.url, call, what);
          assertEquals(
            did,
            what === "no-answer"
              ? ["connect", "delete_room", "shutdown"]
              : ["connect", "interview", "delete_room", "shutdown"],
          );
          if (what !== "no-answer") {
            assertEquals(
              [details?.organization_id, details?.intake_id, details?.attempt, details?.metadata],
              [call.organization, "intake-1", 1, { questions: ["allergies"] }],
            );
          }
          assertEquals(
            await scene.db.query(
              `select reported_outcome, answered_at is not null as was_answered,
                 exists (select from phone_pool.do_not_call) as is_suppressed
               from phone_pool.intake_calls`,
            ),
            [{
              reported_outcome: ["answered", "dialing"].includes(status) ? null : status,
              was_answered: what !== "no-answer",
              is_suppressed: isSuppressed,
            }],
          );
        }),
    });
  }
}
