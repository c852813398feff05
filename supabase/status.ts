/** `npm run status [-- --json | --watch]`: how the pool is. */
import { runStatus } from "./status/command.ts";

Deno.exit(await runStatus(Deno.args));
