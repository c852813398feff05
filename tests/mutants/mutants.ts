import { OF_BUYING } from "./list/buying.ts";
import { OF_CALLS } from "./list/calls.ts";
import { OF_THE_CARRIER } from "./list/carrier.ts";
import { OF_COMMANDS } from "./list/commands.ts";
import { OF_FUNCTIONS } from "./list/functions.ts";
import { OF_HOLDING } from "./list/holding.ts";
import { OF_INTAKE_CALLS } from "./list/intake-calls.ts";
import { OF_LEAVING_AND_CARRIER } from "./list/leaving-and-carrier.ts";
import { OF_OPERATING } from "./list/operating.ts";
import { OF_THE_POOL } from "./list/pool.ts";
import { OF_WORKERS } from "./list/workers.ts";

export const MUTANTS = [
  ...OF_THE_POOL,
  ...OF_HOLDING,
  ...OF_LEAVING_AND_CARRIER,
  ...OF_BUYING,
  ...OF_CALLS,
  ...OF_OPERATING,
  ...OF_FUNCTIONS,
  ...OF_INTAKE_CALLS,
  ...OF_THE_CARRIER,
  ...OF_WORKERS,
  ...OF_COMMANDS,
];
