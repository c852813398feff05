import { z } from "zod";
import { type Runner, value } from "../../support/pool.ts";

export const WEBHOOK = "http://127.0.0.1:9/alerts";
const body = z.strictObject({ text: z.string() });

/** What the receiver of alerts answers; null: nothing, ever. */
export type Answer = number | null;

export const tellAlerts = (db: Runner) =>
  db.query("update phone_pool.settings set alert_webhook_url = $1", [WEBHOOK]);

/**
 * Does what pg_net does, once: takes what is queued, and writes the answers.
 * @returns the texts that the receiver of alerts got
 */
export async function deliver(db: Runner, answer: Answer = 200): Promise<string[]> {
  const texts: string[] = [];
  const requests = await db.query<{ id: string; url: string; body: string }>(
    `delete from net.http_request_queue returning id, url, convert_from(body, 'UTF8') as body`,
  );
  for (const request of requests.toSorted((a, b) => Number(a.id) - Number(b.id))) {
    const isAlert = request.url === WEBHOOK;
    if (isAlert) texts.push(body.parse(JSON.parse(request.body)).text);
    const status = isAlert ? answer : 202;
    if (status === null) continue;
    await db.query("insert into net._http_response (id, status_code) values ($1, $2)", [
      request.id,
      status,
    ]);
  }
  return texts;
}

/** "pool_empty opened" out of a message. */
export function gist(text: string): string {
  const [, kind, subject, change] = text.match(/\*(\w+)(?:: (\S+))?\* (opened|closed)/) ?? [];
  return [kind, subject, change].filter((part) => part !== undefined).join(" ");
}

export const untold = (db: Runner) =>
  value<number>(
    db,
    "select count(*)::int from phone_pool.alert_notices where acknowledged_at is null",
  );
