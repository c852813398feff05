import { FUNCTIONS } from "../../support/catalogue.ts";
import { type Runner, values } from "../../support/pool.ts";

/** Names that are pg_catalog's, and so mean the same for everybody. */
export interface CatalogueNames {
  functions: ReadonlySet<string>;
  operators: ReadonlySet<string>;
  types: ReadonlySet<string>;
  relations: ReadonlySet<string>;
  /** Transition tables: a trigger function knows them by name, and they go before everything. */
  transitionTables: ReadonlySet<string>;
}

export async function readCatalogueNames(db: Runner): Promise<CatalogueNames> {
  const names = async (column: string, table: string, schema: string) =>
    new Set(
      await values<string>(
        db,
        `select distinct ${column}::text as value from ${table}
         where ${schema} = 'pg_catalog'::regnamespace`,
      ),
    );
  return {
    functions: await names("proname", "pg_proc", "pronamespace"),
    operators: await names("oprname", "pg_operator", "oprnamespace"),
    types: await names("typname", "pg_type", "typnamespace"),
    relations: await names("relname", "pg_class", "relnamespace"),
    transitionTables: new Set(
      await values<string>(
        db,
        `select distinct t.name as value
         from pg_trigger, lateral (values (tgoldtable), (tgnewtable)) as t (name)
         where t.name is not null`,
      ),
    ),
  };
}

/** Every function of ours: its signature, and the statement that creates it. */
export async function readDefinitions(db: Runner): Promise<Map<string, string>> {
  const rows = await db.query<{ signature: string; definition: string }>(
    `select f.signature, pg_get_functiondef(f.oid) as definition from ${FUNCTIONS} f
     where f.prokind in ('f', 'p') order by 1`,
  );
  return new Map(rows.map(({ signature, definition }) => [signature, definition]));
}
