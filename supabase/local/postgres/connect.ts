import pg from "pg";
import { pause } from "../stack/pause.ts";
import type { Launched } from "../stack/process.ts";

/** A connected client that survives the server's going away (an unheard 'error' would end us). */
export async function connect(url: string, applicationName = "phone-pool"): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: applicationName });
  client.on("error", () => {});
  await client.connect();
  return client;
}

/** Runs `work` with a client of its own and closes it. */
export async function withClient<T>(
  url: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = await connect(url);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Tries until a server that was just started answers; rejects when its process ends instead. */
export async function connectWhenReady(url: string, process: Launched): Promise<pg.Client> {
  const deadline = Date.now() + 20_000;
  while (true) {
    if (!process.isRunning()) throw new Error("Postgres ended while starting");
    try {
      return await connect(url);
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await pause(25);
    }
  }
}
