import { readFileSync } from "node:fs";
import { inRoot } from "../../../supabase/local/stack/paths.ts";

/** The SQL blocks of a section (or of the whole) of a document in supabase/. */
export function blocksOf(file: string, section?: string): string[] {
  const text = readFileSync(inRoot("supabase", file), "utf8");
  const parts = text.split(/^## /m);
  const part = section ? parts.find((part) => part.startsWith(section)) : text;
  if (part === undefined) throw new Error(`${file} has no section ${section}`);
  return [...part.matchAll(/(<!-- not run[^>]*-->\n)?```sql\n([\s\S]*?)```/g)]
    .flatMap(([, isNotRun, block]) => isNotRun || block === undefined ? [] : [block]);
}

/** The commands of the sh blocks, one a line. */
export function commandsOf(file: string): string[] {
  const text = readFileSync(inRoot("supabase", file), "utf8");
  return [...text.matchAll(/```sh\n([\s\S]*?)```/g)]
    .flatMap(([, block = ""]) => block.split("\n"))
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}
