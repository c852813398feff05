import { inFile, type Mutant } from "../mutant.ts";

const BUY = "seed/buy-pool/buys-what-is-missing-to-the-count.test.ts";
const LINES = "seed/import/a-file-is-read-line-by-line.test.ts";
const NUMBERS = "seed/import/numbers-come-in-with-their-organizations.test.ts";

/** What an operator types: loading, and the deployment. */
export const OF_COMMANDS: Mutant[] = [
  ...inFile("seed/buy-pool/buy-pool.ts", [
    ["count - status.owned - status.in_flight", "count - status.owned", BUY],
    ["  if (missing > room) {", "  if (false) {", BUY],
    ["if (consent !== true) {", "if (consent === false) {", BUY],
    ["Number(price.monthly) + Number(price.upfront ?? 0),\n", "Number(price.monthly),\n", BUY],
  ]),
  ...inFile("seed/do-not-call/import-lines.ts", [
    [
      'field("organization_id") ?? organizationId ?? undefined',
      'organizationId ?? field("organization_id")',
      "database/calls/a-list-of-numbers-is-imported-with-a-report.test.ts",
    ],
  ]),
  ...inFile("seed/import/read-csv.ts", [
    ['.replace(/^\\ufeff/, "")', "", LINES],
    ["if (fields.length !== names.length) {", "if (fields.length < names.length) {", LINES],
    ["if (line !== last) return line;", "", LINES],
  ]),
  ...inFile("seed/import/import-file.ts", [
    [
      "start += batch",
      "start += batch + 1",
      NUMBERS,
      LINES,
      "database/calls/a-list-of-numbers-is-imported-with-a-report.test.ts",
    ],
  ]),
  ...inFile("seed/import/report.ts", [
    [
      "exit: bad.length === 0 ? 0 : 1,",
      "exit: 0,",
      "seed/import",
      "database/calls/a-list-of-numbers-is-imported-with-a-report.test.ts",
    ],
  ]),
  ...inFile("seed/numbers/import-numbers.ts", [
    ["if (above !== undefined)", "if (false)", NUMBERS],
    ["parameters: { p_is_dry_run: isDryRun },", "parameters: { p_is_dry_run: false },", NUMBERS],
  ]),
  ...inFile("supabase/deploy/steps/pool.ts", [
    [
      "state.initialSize - state.owned - state.inFlight",
      "state.initialSize - state.owned",
      "deploy/pool",
    ],
    [
      "    room(state, onceUsd),\n",
      "",
      "deploy/pool",
    ],
  ]),
  ...inFile("supabase/deploy/pool-state.ts", [
    [
      "return Math.max(Math.min(byCount, byBudget), 0);",
      "return Math.max(byCount, 0);",
      "deploy/pool",
    ],
  ]),
  ...inFile("supabase/deploy/vault.ts", [
    [' && !value.startsWith("env(")', "", "deploy/vault"],
    ["return value === functionsUrl(target);", "return value !== undefined;", "deploy/vault"],
    ["if (await readSecret(context, name) === value) return;", "return;", "deploy/vault"],
  ]),
  ...inFile("supabase/deploy/rotate.ts", [
    [
      "{ PHONE_POOL_SECRET: next, [PREVIOUS]: current }",
      "{ PHONE_POOL_SECRET: next }",
      "deploy/rotation",
    ],
    [
      '  await setSecrets(context, { PHONE_POOL_SECRET: next, [PREVIOUS]: current });\n  await writeSecret(context, "phone_pool_secret", next);',
      '  await writeSecret(context, "phone_pool_secret", next);\n  await setSecrets(context, { PHONE_POOL_SECRET: next, [PREVIOUS]: current });',
      "deploy/rotation",
    ],
  ]),
  ...inFile("supabase/deploy/steps/smoke.ts", [
    [
      "if (owned > 0) return `the pool has bought",
      "if (owned >= 0) return `the pool has bought",
      "deploy/first-number",
    ],
  ]),
  ...inFile("supabase/deploy/run.ts", [
    [
      "  if (options.dryRun) {",
      "  if (false) {",
      "deploy/unattended/a-dry-run-of-the-command-changes-nothing-and-tells-no-secret.test.ts",
    ],
  ]),
  ...inFile("supabase/deploy/switch.ts", [
    [
      "    and t.tgtype & 8 = 0`;",
      "`;",
      "deploy/remove/stops-assigning-and-deletes-nothing.test.ts",
    ],
  ]),
  ...inFile("supabase/deploy/checks/line.ts", [
    [
      "return outbound?.call_parking_enabled\n",
      "return false\n",
      "deploy/checks/each-problem-is-named-before-anything-changes.test.ts",
    ],
  ]),
];
