import pg from "pg";
import { AppError, errorOfSqlstate } from "../../functions/_shared/errors.ts";
import {
  asRpc,
  type CallDatabase,
  DatabaseError,
  repeatConflicts,
} from "../../functions/_shared/database.ts";

interface Signature {
  arguments: { name: string; type: string }[];
  is_set: boolean;
  /** Of its transaction: PostgREST begins it so. Here it is the session's, from then on. */
  isolation: string | null;
}

/**
 * What functions/_shared/database.ts does over the Data API, on a connection of the test's own:
 * parameters by name out of a JSON object, results as the JSON that Postgres makes of them.
 * @param client connected as service_role; one call at a time is sent over it
 */
export function createRpc(client: pg.ClientBase): CallDatabase {
  const signatures = new Map<string, Promise<Signature>>();
  return async (called, given, result) => {
    const [name, parameters] = asRpc(called, given);
    if (!signatures.has(name)) signatures.set(name, readSignature(client, name));
    const signature = await signatures.get(name)!;
    const sql = statement(name, signature, parameters);
    return await repeatConflicts(async () => {
      try {
        const { rows } = await client.query<{ result: unknown }>(sql, [JSON.stringify(parameters)]);
        return result.parse(rows[0]?.result);
      } catch (error) {
        throw translate(called, error);
      }
    });
  };
}

function statement(name: string, signature: Signature, parameters: Record<string, unknown>) {
  const given = signature.arguments.filter((argument) => argument.name in parameters);
  const unknown = Object.keys(parameters)
    .filter((parameter) => !given.some((argument) => argument.name === parameter));
  if (unknown.length > 0) throw new Error(`${name} has no parameter ${unknown.join(", ")}`);
  const columns = given.map((argument) => `${argument.name} ${argument.type}`).join(", ");
  const from = given.length > 0
    ? `from jsonb_to_record($1) as a (${columns})`
    : "from (select $1::text) a";
  const call = `public.${name}(${given.map((a) => `${a.name} => a.${a.name}`).join(", ")})`;
  return signature.is_set
    ? `select coalesce(jsonb_agg(to_jsonb(t)), '[]') as result ${from}, lateral ${call} t`
    : `select to_jsonb(${call}) as result ${from}`;
}

async function readSignature(client: pg.ClientBase, name: string): Promise<Signature> {
  const { rows } = await client.query<Signature>(
    `select p.proretset as is_set, (
       select split_part(c, '=', 2) from unnest(p.proconfig) c
       where c like 'default_transaction_isolation=%') as isolation, coalesce((
       select jsonb_agg(jsonb_build_object('name', p.proargnames[i], 'type', format_type(t, null))
         order by i)
       from unnest(p.proargtypes::oid[]) with ordinality as a (t, i)), '[]') as arguments
     from pg_proc p where p.pronamespace = 'public'::regnamespace and p.proname = $1`,
    [name],
  );
  const signature = rows[0];
  if (!signature) throw new Error(`there is no function public.${name}`);
  if (signature.isolation) {
    await client.query(`set default_transaction_isolation = '${signature.isolation}'`);
  }
  return signature;
}

function translate(name: string, error: unknown): unknown {
  if (!(error instanceof Error) || !("code" in error)) return error;
  const detail = "detail" in error && typeof error.detail === "string" ? error.detail : undefined;
  const code = String(error.code);
  if (/^(08|57P)/.test(code)) return new AppError("database_unavailable");
  const known = errorOfSqlstate(code, detail);
  if (known) return known;
  return error instanceof pg.DatabaseError ? new DatabaseError(name, code, error.message) : error;
}
