import type { z } from "zod";
import type { Assumption } from "../../../supabase/deploy/assumptions.ts";
import type { Context } from "../../../supabase/deploy/context.ts";
import { withClient } from "../../../supabase/local/postgres/connect.ts";
import type { Project } from "./project.ts";

/** One thing that is not as it should be, and what the checks say of it. */
export interface Case {
  /** Whose line of supabase/platform.md is named. */
  of: Assumption;
  name: string;
  says: string;
  /** It is told, and the deployment goes on. */
  isWarning?: boolean;
  /** Makes the problem, and returns how to undo it. */
  spoil?(project: Project): (() => unknown) | Promise<() => unknown>;
  /** What this machine cannot be made to have. */
  change?(context: Context): Context;
}

export const accountCase = (
  of: Assumption,
  name: string,
  change: Partial<Project["carriers"]["account"]>,
  says: string,
  isWarning = false,
): Case => ({
  of,
  name,
  says,
  isWarning,
  spoil: ({ carriers: { account } }) => {
    const before = { ...account };
    Object.assign(account, change);
    return () => Object.assign(account, Object.fromEntries(UNSPOILED), before);
  },
});

const UNSPOILED = ["search", "orders", "owned", "slimNumbers"].map((name) => [name, undefined]);

export const trunkCase = (
  of: Assumption,
  name: string,
  change: Partial<Project["carriers"]["trunk"]>,
  says: string,
  isWarning = false,
): Case => ({
  of,
  name,
  says,
  isWarning,
  spoil: ({ carriers: { trunk } }) => {
    const before = { ...trunk };
    Object.assign(trunk, change);
    return () => Object.assign(trunk, before);
  },
});

export const variableCase = (
  of: Assumption,
  name: string,
  variable: string,
  value: string,
  says: string,
  isWarning = false,
): Case => ({
  of,
  name,
  says,
  isWarning,
  spoil: ({ variables }) => {
    const before = variables[variable] ?? "";
    variables[variable] = value;
    return () => variables[variable] = before;
  },
});

export const sqlCase = (
  of: Assumption,
  name: string,
  sql: string,
  undo: string,
  says: string,
  isWarning = false,
): Case => ({
  of,
  name,
  says,
  isWarning,
  spoil: async ({ database }) => {
    const run = (statements: string) =>
      withClient(
        database.superuserUrl,
        (client) => client.query(statements.replaceAll("$database", database.name)),
      );
    await run(sql);
    return () => run(undo);
  },
});

export const tableCase = (name: string, columns: string, says: string): Case =>
  sqlCase(
    "A1",
    name,
    `create table public.organizations (${columns}); alter table public.organizations owner to postgres`,
    "drop table public.organizations",
    says,
  );

/** The database answers one question in this way. */
export const answerCase = (
  of: Assumption,
  name: string,
  asked: RegExp,
  rows: unknown[],
  says: string,
) => ({
  of,
  name,
  says,
  change: (context: Context): Context => {
    const { database } = context;
    const answered = (schema: z.ZodType) => rows.map((row) => schema.parse(row));
    return {
      ...context,
      database: {
        ...database,
        rows: (schema, sql, parameters) =>
          asked.test(sql)
            ? Promise.resolve(answered(schema) as never)
            : database.rows(schema, sql, parameters),
        row: (schema, sql, parameters) =>
          asked.test(sql)
            ? Promise.resolve(answered(schema)[0] as never)
            : database.row(schema, sql, parameters),
      },
    };
  },
});
