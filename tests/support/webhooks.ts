import { WebhookReceiver } from "livekit-server-sdk";
import { createLog } from "../../functions/_shared/log.ts";
import { createRooms } from "../../functions/_shared/rooms.ts";
import { createHandler } from "../../functions/livekit-webhook/handler.ts";
import { assert } from "./assert.ts";
import { rpcPool, type Scene, type SceneOptions, withCalls } from "./calls.ts";

export interface WebhookScene extends Scene {
  /** The function itself, for requests that LiveKit would not send. */
  receive(request: Request): Promise<Response>;
  /** Ends when what livekit-webhook has begun after its answers is done. */
  webhooksDone(): Promise<void>;
  /** What livekit-webhook wrote to its log. */
  webhookLogs: string[];
}

/** intake-calls, and livekit-webhook behind a port to which the simulator sends its events. */
export async function withWebhooks(
  run: (scene: WebhookScene) => Promise<void>,
  options: SceneOptions = {},
): Promise<void> {
  await withCalls(async (scene) => {
    const { apiKey, apiSecret } = scene.simulator.settings;
    const receiver = new WebhookReceiver(apiKey, apiSecret);
    const webhookLogs: string[] = [];
    const work: Promise<void>[] = [];
    const receive = createHandler({
      receive: (body, authorization) => receiver.receive(body, authorization),
      call: await rpcPool(scene.db, 2),
      rooms: createRooms({
        LIVEKIT_URL: scene.simulator.url,
        LIVEKIT_API_KEY: apiKey,
        LIVEKIT_API_SECRET: apiSecret,
      }),
      runInBackground: (run) => void work.push(run()),
      delay: (milliseconds) => new Promise((done) => setTimeout(done, milliseconds / 100)),
      createLog: (request_id) =>
        createLog("livekit-webhook", (line) => webhookLogs.push(line), { request_id }),
    });
    const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, receive);
    scene.simulator.control.setWebhookUrl(`http://127.0.0.1:${server.addr.port}/livekit-webhook`);
    try {
      const webhooksDone = async () => {
        await scene.simulator.control.webhooksIdle();
        await Promise.all(work);
      };
      await run({ ...scene, receive, webhooksDone, webhookLogs });
    } finally {
      scene.simulator.control.setWebhookUrl(undefined);
      await scene.simulator.control.webhooksIdle();
      await server.shutdown();
      await Promise.all(work);
    }
  }, options);
}

/** Polls until the condition holds; fails after a deadline that no run should need. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!await condition()) {
    assert(Date.now() < deadline, `never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A call that has ended at LiveKit, all of its webhooks sent. */
export async function untilEnded(
  { simulator }: Pick<Scene, "simulator">,
  sipCallId: unknown,
): Promise<void> {
  await until(
    "the call ends",
    () => simulator.state().calls.some(({ id, status }) => id === sipCallId && status === "ended"),
  );
  await simulator.control.webhooksIdle();
}
