import { fileURLToPath } from "node:url";
import { join, resolve } from "node:path";

/** The clone, whatever the current directory is. */
export const ROOT = resolve(fileURLToPath(new URL("../../..", import.meta.url)));

export const inRoot = (...parts: string[]): string => join(ROOT, ...parts);
