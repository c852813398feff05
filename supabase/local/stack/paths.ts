import { fileURLToPath } from "node:url";
import { join, relative, resolve } from "node:path";

/** The clone, whatever the current directory is. */
export const ROOT = resolve(fileURLToPath(new URL("../../..", import.meta.url)));

export const inRoot = (...parts: string[]): string => join(ROOT, ...parts);

/** As a user in the clone would name the file. */
export const shown = (path: string): string => path.startsWith(ROOT) ? relative(ROOT, path) : path;

export const logDirectory = (directory: string): string => join(directory, "logs");
