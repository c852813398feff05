import { readFile } from "node:fs/promises";
import { WebhookEvent } from "@livekit/protocol";

/** The webhooks of a room that a recorder has written down, in the order of their arrival. */
export async function readWebhooks(file: string, room: string): Promise<WebhookEvent[]> {
  const lines = (await readFile(file, "utf8")).split("\n");
  // The last piece is empty, or a line that is just being written.
  return lines.slice(0, -1)
    .map((line) => WebhookEvent.fromJson(JSON.parse(line), { ignoreUnknownFields: true }))
    .filter((event) => event.room?.name === room);
}
