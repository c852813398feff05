import { readFileSync } from "node:fs";
import { inRoot } from "../../../supabase/local/stack/paths.ts";

export interface Section {
  /** The kind of alert; "" for what stands before the first. */
  kind: string;
  /** Every SQL block, in order. */
  blocks: string[];
}

/** The runbook's sections, out of supabase/operate.md. */
export function readRunbook(): Section[] {
  const readme = readFileSync(inRoot("supabase", "operate.md"), "utf8");
  const text = readme.match(/^## Runbook$[\s\S]*?(?=^## |$(?![\s\S]))/m)?.[0];
  if (text === undefined) throw new Error("supabase/operate.md has no section named Runbook");
  return text.split(/^### /m).map((part, index) => ({
    kind: index === 0 ? "" : part.slice(0, part.indexOf("\n")).trim(),
    blocks: [...part.matchAll(/```sql\n([\s\S]*?)```/g)].map((match) => match[1] ?? ""),
  }));
}
