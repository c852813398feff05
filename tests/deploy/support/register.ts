import { readFileSync } from "node:fs";
import { inRoot } from "../../../supabase/local/stack/paths.ts";

export interface Row {
  id: string;
  line: number;
  /** "dry run", "step", "alert", "by hand". */
  kind: string;
  /** What is named in backquotes behind it; empty for what is done by hand. */
  name: string;
}

/** The rows of supabase/platform.md. */
export function readRegister(): Row[] {
  return registerLines().flatMap((text, index) => {
    const [, id = "", check = ""] = text.match(/^\| ([A-Z]\d+) \|.*\| ([^|]+) \|$/) ?? [];
    if (id === "") return [];
    const [, kind = "", name = ""] = check.match(/^(dry run|step|alert) `([^`]+)`$/) ??
      check.match(/^(by hand): ./) ?? [];
    return [{ id, line: index + 1, kind, name }];
  });
}

export const registerLines = () =>
  readFileSync(inRoot("supabase", "platform.md"), "utf8").split("\n");
