import { readFileSync } from "node:fs";
import { parse } from "deno-std/toml/parse.js";
import { z } from "zod";
import { inRoot } from "./paths.ts";

const projectConfig = z.object({
  api: z.object({
    schemas: z.array(z.string()).default(["public"]),
    extra_search_path: z.array(z.string()).default(["public", "extensions"]),
    max_rows: z.number().int().default(1000),
  }),
  // The platform checks a JWT unless the function's section says otherwise.
  functions: z.record(z.string(), z.object({ verify_jwt: z.boolean().default(true) })).default({}),
});

export type ProjectConfig = z.infer<typeof projectConfig>;

/** The parts of supabase/config.toml that the local stack honours. */
export function readProjectConfig(file = inRoot("supabase", "config.toml")): ProjectConfig {
  return projectConfig.parse(parse(readFileSync(file, "utf8")));
}
