/** `npm start`: the whole stack on this machine, until Ctrl-C. `--detach`: until `npm stop`. */
import { runDetached, runInForeground } from "./stack/start-command.ts";

Deno.exit(await (Deno.args.includes("--detach") ? runDetached() : runInForeground()));
