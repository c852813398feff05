// The migrations as a template on this server: fails when Postgres does not take them.
import { ensureTemplate } from "../support/template.ts";

await ensureTemplate(Deno.args[0] ?? "", "migrations");
