import { ServerError, SipCallError } from "livekit-server-sdk";
import { assert, assertEquals, assertStringIncludes } from "../../../support/assert.ts";
import { agentName, callee, callerId, rejection, type Scene, trunkId, until } from "../support.ts";
import { withInbox, withLiveKit } from "../support.ts";

async function ask(
  { simulator }: Pick<Scene, "simulator">,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; text: string }> {
  const response = await fetch(`${simulator.url}${path}`, { method, body: JSON.stringify(body) });
  return { status: response.status, text: await response.text() };
}

const dial = ({ sip }: Scene, waitUntilAnswered = false) =>
  sip.createSipParticipant(trunkId, callee, "call-1", { fromNumber: callerId, waitUntilAnswered });

Deno.test("it says what it is", () =>
  withLiveKit(async (scene) => {
    assertEquals(await ask(scene, "GET", "/"), { status: 200, text: "LiveKit simulator\n" });
    assertEquals((await ask(scene, "GET", "/nowhere")).status, 404);
  }));

Deno.test("faults are set and taken away over HTTP", () =>
  withLiveKit(async (scene) => {
    const fault = { method: "ListRooms", kind: "unavailable" };
    assertEquals((await ask(scene, "PUT", "/_control/faults", [fault])).status, 204);
    assert(await rejection(scene.rooms.listRooms()) instanceof ServerError);
    assertEquals(scene.simulator.state().faults.length, 1);
    assertEquals((await ask(scene, "DELETE", "/_control/faults")).status, 204);
    assertEquals(await scene.rooms.listRooms(), []);
    const wrong = await ask(scene, "PUT", "/_control/faults", { ...fault, kind: "earthquake" });
    assertEquals(wrong.status, 400);
  }));

Deno.test("outcomes are set and calls are steered over HTTP", () =>
  withLiveKit(async (scene) => {
    await ask(scene, "PUT", "/_control/outcomes", { [callee]: { kind: "busy" } });
    assert(await rejection(dial(scene, true)) instanceof SipCallError);
    await ask(scene, "PUT", "/_control/outcomes", { "*": { kind: "no-answer" } });
    const { sipCallId } = await dial(scene);
    const steer = async (act: string) =>
      (await ask(scene, "POST", `/_control/calls/${sipCallId}/${act}`)).status;
    assertEquals([await steer("answer"), await steer("answer")], [204, 409]);
    assertEquals([await steer("hangup"), await steer("hangup")], [204, 409]);
    assertEquals((await ask(scene, "PUT", "/_control/outcomes", { "*": "busy" })).status, 400);
    const next = await dial(scene);
    const play = async (body: object) =>
      (await ask(scene, "POST", `/_control/calls/${next.sipCallId}/play`, body)).status;
    assertEquals(await play({ kind: "nothing" }), 400);
    assertEquals(await play({ kind: "busy", afterMs: 0 }), 204);
    await until("the end", () => scene.simulator.state().calls[2]?.sipStatusCode === 486);
    assertEquals(await play({ kind: "busy" }), 409);
  }));

Deno.test("webhooks are steered over HTTP", () =>
  withInbox(async (scene) => {
    const { inbox, rooms, simulator } = scene;
    const faults = { event: "*", kind: "drop", times: 1 };
    await ask(scene, "PUT", "/_control/webhooks", { url: `${inbox.url}other`, faults });
    await rooms.createRoom({ name: "call-1" });
    const event = { event: "room_finished", room: { name: "call-1" } };
    assertEquals((await ask(scene, "POST", "/_control/webhooks", event)).status, 200);
    await simulator.control.webhooksIdle();
    assertEquals(inbox.events.map((each) => each.event), ["room_finished"]);
    assertEquals((await ask(scene, "POST", "/_control/webhooks/release")).status, 204);
  }));

Deno.test("the state holds rooms, participants, dispatches, calls and requests", () =>
  withLiveKit(async (scene) => {
    await scene.agents.createDispatch("call-1", agentName);
    await until("the agent is in", () => scene.simulator.state().participants[0]);
    await dial(scene);
    const state = JSON.parse((await ask(scene, "GET", "/_control/state")).text);
    assertEquals(state.rooms[0].name, "call-1");
    assertEquals(state.participants.map((each: { room: string }) => each.room), [
      "call-1",
      "call-1",
    ]);
    assertEquals(state.dispatches[0].agentName, agentName);
    assertEquals(state.calls[0].from, callerId);
    const methods = state.requests.map((each: { method: string }) => each.method);
    assertEquals(methods, ["CreateDispatch", "CreateSIPParticipant"]);
    assertEquals(state.requests[1].body.sipNumber, callerId);
    const crash = "/_control/rooms/call-1/crash-agents";
    assertEquals((await ask(scene, "POST", crash)).status, 204);
    for (
      const [action, status] of [["join-agent", 204], ["leave-agents", 204], ["leave-agents", 409]]
    ) {
      assertEquals((await ask(scene, "POST", `/_control/rooms/call-1/${action}`)).status, status);
    }
    const nowhere = await ask(scene, "POST", "/_control/rooms/nowhere/join-agent");
    assertEquals(nowhere.status, 409);
  }));

Deno.test("calls are a list for programs and a page for people", () =>
  withLiveKit(async (scene) => {
    await dial(scene);
    await scene.sip.createSipParticipant(trunkId, callee, "<b>", { fromNumber: callerId });
    const [call] = JSON.parse((await ask(scene, "GET", "/calls")).text);
    assertEquals([call.from, call.to, call.room], [callerId, callee, "call-1"]);
    const page = await fetch(`${scene.simulator.url}/calls`, { headers: { accept: "text/html" } });
    const html = await page.text();
    assertStringIncludes(page.headers.get("content-type") ?? "", "text/html");
    for (const shown of [callerId, callee, "call-1", "&#60;b&#62;"]) {
      assertStringIncludes(html, shown);
    }
    assertEquals(html.includes("<b>"), false);
  }));
