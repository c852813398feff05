import type pg from "pg";
import { connect } from "../../../supabase/local/postgres/connect.ts";

/**
 * A client that began a transaction and sits in it: it has registered organizations, asked for
 * numbers, asked for the number of an organization that waits, and taken every lock whose key it
 * could guess. Nobody but that organization may be held up by it.
 */
export interface IdleClient {
  /** The organization that it holds. */
  organizationId: string;
  /** Sits there again, should the server have thrown it out. */
  sitDown(): Promise<void>;
  end(how: "commit" | "rollback"): Promise<void>;
}

const LOCKS = [
  "phone_pool.plan_purchases",
  "phone_pool.choose_purchase_number",
  "phone_pool.reconciliation",
  "phone_pool.planner",
  "alert pool_empty ",
  "alert purchase_failing ",
  "heartbeat sweep",
  "heartbeat replenish-pool",
];

const DOES = [
  `select pg_advisory_xact_lock(hashtextextended(key, 0)) from unnest($1::text[]) key`,
  `insert into public.organizations (name, slug)
   select 'Of a client in no hurry', gen_random_uuid() from generate_series(1, 2)`,
  `insert into public.organizations (name, slug, settings)
   values ('Of a client in no hurry', gen_random_uuid(), '{"area_code": "202"}')`,
  `select order_phone_numbers(2), order_phone_numbers(1, '907')`,
];

/** @param organizationId of one that waits for a number */
export function createIdleClient(url: string, organizationId: string): IdleClient {
  let client: pg.Client | undefined;
  return {
    organizationId,
    async sitDown() {
      if (client) return;
      const opened = await connect(url, "idle");
      client = opened;
      opened.on("error", () => client = client === opened ? undefined : client);
      await opened.query("begin");
      const [locks = "", ...statements] = DOES;
      await opened.query(locks, [LOCKS]);
      for (const statement of statements) await opened.query(statement);
      await opened.query("select request_phone_number($1)", [organizationId]);
    },
    async end(how) {
      await client?.query(how);
      await client?.end();
      client = undefined;
    },
  };
}
