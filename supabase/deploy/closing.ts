import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import type { Context } from "./context.ts";
import { functionsUrl } from "./target.ts";

const WEBHOOKS = [
  {
    provider: "Telnyx",
    job: "telnyx-webhook",
    where: "the connection, or its Voice API application, and Number orders",
  },
  { provider: "LiveKit", job: "livekit-webhook", where: "Settings → Webhooks" },
];

const beat = z.object({ job: z.string(), minutes: z.coerce.number().nullable() });

/** What is still to be done by hand, and where a person looks from now on. */
export async function close(context: Context): Promise<void> {
  const { database, dialogue, target } = context;
  const beats = await database.rows(
    beat,
    `select h.job, extract(epoch from phone_pool.clock() - h.last_at) / 60 as minutes
     from phone_pool.heartbeats h`,
  );
  dialogue.say("\nphone-pool is live. Webhooks to enter:");
  for (const { provider, job, where } of WEBHOOKS) {
    const minutes = beats.find((row) => row.job === job)?.minutes ?? null;
    dialogue.say(`  ${provider}: ${functionsUrl(target)}/${job} (${where})`);
    dialogue.say(
      minutes === null
        ? "    ! no event has arrived yet: enter it, make a call, and run this again"
        : `    ✓ an event has arrived, the latest ${Math.max(Math.round(minutes), 0)} min ago`,
    );
  }
  dialogue.say(`For a monitor: ${functionsUrl(target)}/health answers 200 while all is well.`);
  for (const line of await reminders(context)) dialogue.say(line);
  dialogue.say(LOOK);
}

const LOOK = `In the SQL editor, or by npm run status:
  select * from admin_pool_health;
  select kind, message from admin_alerts where state <> 'closed';`;

/** What is not set, and somebody will miss. */
export async function reminders({ database, target }: Context): Promise<string[]> {
  const [{ told } = { told: false }] = target.PHONE_POOL_ALERT_WEBHOOK_URL
    ? [{ told: true }]
    : await database.rows(
      z.object({ told: z.boolean() }),
      `select alert_webhook_url is not null as told from phone_pool.settings`,
    ).catch(() => []);
  return [
    ...target.LIVEKIT_AGENT_NAME ? [] : [
      "! LIVEKIT_AGENT_NAME is not set: no agent is sent to a call, and no phone rings unless one " +
      "comes by itself",
    ],
    ...told ? [] : [
      "! PHONE_POOL_ALERT_WEBHOOK_URL is not set: nobody is told of an alert (Slack: an incoming " +
      "webhook)",
    ],
  ];
}

/**
 * Sends a test alert and waits for its answer.
 * @returns what became of it
 */
export async function testAlert({ database, patience }: Context): Promise<string> {
  await database.run("select phone_pool.test_alert()");
  const endsAt = Date.now() + patience.nudge;
  while (Date.now() < endsAt) {
    await database.run("select phone_pool.read_notice_answers()");
    const { told, problem } = await database.row(
      z.object({ told: z.boolean(), problem: z.string().nullable() }),
      `select n.acknowledged_at is not null as told, n.last_error as problem
       from phone_pool.alert_notices n join phone_pool.alerts a on a.id = n.alert_id
       where a.kind = 'test' order by n.id desc limit 1`,
    );
    if (told) return "a test alert has arrived";
    if (problem !== null) return `! a test alert was refused: ${problem}`;
    await pause(200);
  }
  return "! a test alert was sent, and not answered";
}
