// Writes the dashboard anew after a change of its queries: deno run -A supabase/grafana/update.ts
import { inRoot } from "../local/stack/paths.ts";
import { dashboard } from "./dashboard.ts";

const file = inRoot("supabase", "grafana", "phone-pool.json");
await Deno.writeTextFile(file, `${JSON.stringify(dashboard(), null, 2)}\n`);
