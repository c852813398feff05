import { AgentDispatchClient } from "livekit-server-sdk";
import type { LiveKitSimulatorOptions } from "../../../supabase/local/simulators/livekit/options.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import {
  type Answer,
  callBody,
  clinicWith,
  NUDGE_SECRET,
  openRooms,
  placeCall,
  SECRET_KEY,
} from "../../support/calls.ts";
import { setVault, sweep, travel, value } from "../../support/pool.ts";
import { until, untilEnded, type WebhookScene, withWebhooks } from "../../support/webhooks.ts";

// A second of LiveKit's lasts 200 milliseconds here, the product's pauses 5: what is asked is that
// the call ends, and as what.
const OPTIONS: LiveKitSimulatorOptions = { millisecondsPerSecond: 200, agentJoinMs: 0 };

type Answered = { scene: WebhookScene; placed: Answer; room: string; id: string };

async function talk(scene: WebhookScene, isAnswered = true): Promise<Answered> {
  const clinic = await clinicWith(scene.db, "+19712656795");
  const placed = await placeCall(scene, callBody(clinic));
  const id = String(placed.body.room_name).slice("call-".length);
  if (isAnswered) {
    scene.simulator.control.answer(String(placed.body.sip_call_id));
    await until("LiveKit's answer is recorded", async () =>
      await value<boolean>(
        scene.db,
        "select dial_answered_at is not null from phone_pool.intake_calls",
      ));
  }
  return { scene, placed, room: String(placed.body.room_name), id };
}

async function endOf({ scene, placed }: Answered) {
  await untilEnded(scene, placed.body.sip_call_id);
  await until(
    "the record has its end",
    async () =>
      await value<boolean>(scene.db, "select left_at is not null from phone_pool.intake_calls"),
  );
  const [row] = await scene.db.query(
    "select status, reason, hang_up_reason from phone_pool.intake_calls",
  );
  const [call] = scene.simulator.state().calls;
  return { ...row, disconnectReason: call?.disconnectReason } as Record<string, unknown>;
}

const HUNG_UP = {
  status: "failed",
  reason: "agent_left",
  hang_up_reason: "agent_left",
  disconnectReason: "ROOM_DELETED",
};

interface Case {
  isAnswered: boolean;
  lose: (answered: Answered) => unknown;
  /** By whom it is noticed: both, when neither is taken away. */
  without?: "webhooks" | "the function";
}

const leaves = ({ scene, room }: Answered) => scene.simulator.control.leaveAgents(room);
const crashes = ({ scene, room }: Answered) => scene.simulator.control.crashAgents(room);

const CASES: Record<string, Case> = {
  "the agent leaves": { isAnswered: true, lose: leaves },
  "the agent leaves while it rings": { isAnswered: false, lose: leaves },
  "the agent leaves, and no webhook tells": {
    isAnswered: true,
    lose: leaves,
    without: "webhooks",
  },
  "the agent leaves, and the function that dialled is gone": {
    isAnswered: true,
    lose: leaves,
    without: "the function",
  },
  "the agent is killed, which LiveKit notices late": {
    isAnswered: true,
    lose: crashes,
    without: "webhooks",
  },
  "the agent is killed while it rings": { isAnswered: false, lose: crashes, without: "webhooks" },
};

for (const [what, each] of Object.entries(CASES)) {
  Deno.test(`nobody hears silence: ${what}`, () =>
    withWebhooks(async (scene) => {
      const call = await talk(scene, each.isAnswered && each.without !== "the function");
      if (each.without === "the function") {
        scene.simulator.control.answer(String(call.placed.body.sip_call_id));
      }
      if (each.without === "webhooks") {
        scene.simulator.control.setWebhookUrl(undefined);
        await scene.simulator.control.webhooksIdle();
      }
      await pinged(scene, each);
      assertEquals(await each.lose(call), 1);
      if (each.without === "webhooks") {
        await until("it is hung up", () => openRooms(scene).length === 0);
        const [row] = await scene.db.query(
          "select hang_up_reason, left_at from phone_pool.intake_calls",
        );
        assertEquals(row, { hang_up_reason: "agent_left", left_at: null });
        return;
      }
      assertEquals(await endOf(call), HUNG_UP);
      assertEquals(openRooms(scene), []);
    }, { ...OPTIONS, diesWithItsAnswer: each.without === "the function" }));
}

/** Silence means something only of an agent that has answered before. */
async function pinged({ simulator }: WebhookScene, { without }: Case): Promise<void> {
  if (without === "the function") return;
  await until(
    "the agent is pinged",
    () =>
      simulator.state().requests.some(({ method, status }) =>
        method === "PerformRpc" && status === 400
      ),
  );
}

Deno.test("a killed agent is noticed long before LiveKit does", () =>
  withWebhooks(async (scene) => {
    const call = await talk(scene);
    await pinged(scene, { isAnswered: true, lose: crashes });
    const began = performance.now();
    crashes(call);
    await until("it is hung up", () => openRooms(scene).length === 0);
    // Two pings of a second each; LiveKit would take 21 seconds.
    assert(performance.now() - began < 10_000);
    assertEquals(scene.logs.filter((line) => line.includes("agent_silent")).length, 1);
  }, { ...OPTIONS, millisecondsPerSecond: 1000 }));

Deno.test("a call that is handed over to another agent goes on", () =>
  withWebhooks(async (scene) => {
    const call = await talk(scene);
    const { control } = scene.simulator;
    control.joinAgent(call.room);
    const before = agentsIn(scene, call.room);
    assertEquals(before, 2);
    // The first of the two leaves.
    const { apiKey, apiSecret } = scene.simulator.settings;
    const dispatches = new AgentDispatchClient(scene.simulator.url, apiKey, apiSecret);
    await dispatches.deleteDispatch(String(call.placed.body.dispatch_id), call.room);
    await until(
      "it is noticed",
      async () =>
        await value<boolean>(
          scene.db,
          "select agent_left_at is not null from phone_pool.intake_calls",
        ),
    );
    const looks = () => scene.simulator.state().requests.length;
    const then = looks();
    await until("the room is looked at again", () => looks() > then + 3);
    assertEquals(openRooms(scene), [call.room]);
    assertEquals(
      await value(scene.db, "select status from phone_pool.intake_calls"),
      "answered",
    );
    control.leaveAgents(call.room);
    assertEquals(await endOf(call), HUNG_UP);
  }, OPTIONS));

const agentsIn = ({ simulator }: WebhookScene, room: string) =>
  simulator.state().participants.filter((each) =>
    each.room === room && JSON.stringify(each.participant).includes('"AGENT"')
  ).length;

Deno.test("an agent that reports and ends leaves its word behind, whichever comes first", async (t) => {
  for (const reportsFirst of [true, false]) {
    await t.step(
      reportsFirst ? "before it leaves" : "after it has left",
      () =>
        withWebhooks(async (scene) => {
          const call = await talk(scene);
          const report = () =>
            scene.post({ outcome: "completed" }, { apikey: SECRET_KEY }, `/${call.id}/ended`);
          if (reportsFirst) assertEquals((await report()).body.status, "completed");
          leaves(call);
          // The record is closed by the report, and the phone hung up all the same.
          const end = await endOf(call);
          if (!reportsFirst) assertEquals((await report()).body.status, "completed");
          assertEquals(end.disconnectReason, "ROOM_DELETED");
          const [row] = await scene.db.query("select status, reason from phone_pool.intake_calls");
          assertEquals(row, { status: "completed", reason: "agent_left" });
        }, OPTIONS),
    );
  }
});

Deno.test("no webhook hangs up a call that has its agent", () =>
  withWebhooks(async (scene) => {
    const { simulator } = scene;
    const call = await talk(scene);
    await simulator.control.sendWebhook({
      event: "participant_left",
      room: { name: call.room },
      participant: { identity: "agent-somebody", kind: "AGENT" },
    });
    await until("it is acted on", async () =>
      await value<boolean>(
        scene.db,
        "select agent_left_at is not null from phone_pool.intake_calls",
      ));
    await scene.webhooksDone();
    assertEquals(openRooms(scene), [call.room]);
    assertEquals(await value(scene.db, "select hang_up_at from phone_pool.intake_calls"), null);
  }, OPTIONS));

const nudge = (scene: WebhookScene) =>
  scene.post("{}", { Authorization: `Bearer ${NUDGE_SECRET}` }, "/sweep").then(async () => {
    await scene.background();
  });

Deno.test("function and webhooks both lost: the sweep finds a call without its agent", () =>
  withWebhooks(async (scene) => {
    const call = await talk(scene, false);
    scene.simulator.control.answer(String(call.placed.body.sip_call_id));
    scene.simulator.control.setWebhookUrl(undefined);
    await scene.simulator.control.webhooksIdle();
    leaves(call);
    await setVault(scene.db, { secret: NUDGE_SECRET });
    await travel(scene.db, "2 minutes");
    await sweep(scene.db);
    assertEquals(
      await value(
        scene.db,
        "select count(*)::int from net.http_request_queue where url like '%/intake-calls/sweep'",
      ),
      1,
    );
    await nudge(scene);
    assertEquals(openRooms(scene), []);
    // LiveKit told nothing: the next look finds the phone gone, and the record is closed.
    await travel(scene.db, "4 minutes");
    await nudge(scene);
    assertEquals(
      await scene.db.query("select status, reason from phone_pool.intake_calls"),
      [{ status: "failed", reason: "agent_left" }],
    );
  }, { ...OPTIONS, diesWithItsAnswer: "after the first" }));

Deno.test("a call beyond max_call_minutes is ended on the phone", () =>
  withWebhooks(async (scene) => {
    const call = await talk(scene);
    await travel(scene.db, "59 minutes");
    await nudge(scene);
    assertEquals(openRooms(scene), [call.room]);
    await travel(scene.db, "61 minutes");
    await nudge(scene);
    const end = await endOf(call);
    assertEquals(end, {
      status: "completed",
      reason: "max_call_minutes",
      hang_up_reason: "max_call_minutes",
      disconnectReason: "ROOM_DELETED",
    });
  }, OPTIONS));

Deno.test("a room that cannot be deleted when its agent left is deleted by the sweep", () =>
  withWebhooks(async (scene) => {
    const call = await talk(scene);
    scene.simulator.control.setFaults({ method: "DeleteRoom", kind: "unavailable" });
    leaves(call);
    await until(
      "it is decided",
      async () =>
        await value<boolean>(
          scene.db,
          "select hang_up_at is not null from phone_pool.intake_calls",
        ),
    );
    await scene.background();
    await scene.webhooksDone();
    assertEquals(openRooms(scene), [call.room]);
    scene.simulator.control.setFaults([]);
    await travel(scene.db, "2 minutes");
    await nudge(scene);
    assertEquals(await endOf(call), HUNG_UP);
  }, OPTIONS));
