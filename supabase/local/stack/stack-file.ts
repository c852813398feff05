import { existsSync } from "node:fs";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

const stackFile = z.object({
  pid: z.number().int(),
  parts: z.record(z.string(), z.number().int()),
  db_url: z.string(),
  api_url: z.string(),
  functions_url: z.string(),
  publishable_key: z.string(),
  secret_key: z.string(),
  /** Signs user tokens (ES256, a JWK with its private part). */
  jwt_signing_key: z.record(z.string(), z.unknown()),
  shared_secret: z.string(),
  telnyx_url: z.string(),
  telnyx_api_key: z.string(),
  livekit_url: z.string(),
  livekit_api_key: z.string(),
  livekit_api_secret: z.string(),
});

export type StackFile = z.infer<typeof stackFile>;

const pathIn = (directory: string) => join(directory, "stack.json");

/** Written whole or not at all, and for its owner only: it holds every key. */
export async function writeStackFile(directory: string, content: StackFile): Promise<void> {
  const temporary = `${pathIn(directory)}.${content.pid}`;
  await writeFile(temporary, JSON.stringify(content, null, 2) + "\n", { mode: 0o600 });
  await rename(temporary, pathIn(directory));
}

export async function readStackFile(directory: string): Promise<StackFile | undefined> {
  if (!existsSync(pathIn(directory))) return undefined;
  const parsed = stackFile.safeParse(JSON.parse(await readFile(pathIn(directory), "utf8")));
  return parsed.data;
}

export async function removeStackFile(directory: string): Promise<void> {
  await rm(pathIn(directory), { force: true });
}
