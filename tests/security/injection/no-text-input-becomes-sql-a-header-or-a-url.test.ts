import { assertEquals } from "../../support/assert.ts";
import { FUNCTIONS } from "../../support/catalogue.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";

interface Callable {
  signature: string;
  name: string;
  types: string[];
}

const MARK = "canary_of_the_test";

/** Each would do harm if it were pasted into SQL, JSON, a header, a URL or a format. */
const HOSTILE = [
  `'; create table public.${MARK} (); --`,
  `"; create table public.${MARK} (); --`,
  `$$; create table public.${MARK} (); $$`,
  `%s %I %L %1$s ${MARK}`,
  `x\r\nX-Injected: ${MARK}`,
  `","${MARK}":"`,
  `\\'; select pg_sleep(5); --`,
  `../../${MARK}?a=b#c`,
  `https://example.invalid/${MARK}`,
  `${MARK}\u202e\u{1f600}`,
  "x".repeat(100_000),
];

/** Errors that a function may answer strange input with: its own, and data that does not fit. */
const CLEAN = /^(PP\d{3}|22...|23...|40001|P0002|P0004)$/;

const harmlessValue = (type: string): unknown => {
  if (type === "uuid") return crypto.randomUUID();
  if (type.startsWith("timestamp")) return "2026-01-01T00:00:00Z";
  if (type.endsWith("[]")) return [];
  if (/^(integer|bigint|numeric|smallint)/.test(type)) return 1;
  if (type === "boolean") return true;
  return type.startsWith("json") ? "{}" : "x";
};

const isText = (type: string) => /^(text|character varying|json|jsonb|text\[\])$/.test(type);

const hostileValue = (type: string, text: string): unknown => {
  if (type.startsWith("json")) {
    return JSON.stringify({ [text.slice(0, 1000)]: text, area_code: text });
  }
  return type === "text[]" ? [text] : text;
};

Deno.test("strange text in every argument of every function does nothing", async (t) => {
  await using db = await createTestDatabase();
  const callables = await db.query<Callable>(
    `select f.signature, format('%I.%I', f.nspname, f.proname) as name, array(
       select format_type(a, null) from unnest(f.proargtypes::oid[]) with ordinality u (a, place)
       order by place) as types
     from ${FUNCTIONS} f where f.prorettype <> 'trigger'::regtype and f.prokind = 'f'`,
  );
  for (const { signature, name, types } of callables) {
    const places = types.flatMap((type, place) => isText(type) ? [place] : []);
    if (places.length === 0 || isSenderItself(name)) continue;
    await t.step(signature, async () => {
      for (const place of places) {
        for (const text of HOSTILE) {
          const values = types.map((type, at) =>
            at === place ? hostileValue(type, text) : harmlessValue(type)
          );
          assertEquals(await tryCall(db, name, types, values), [], `argument ${place + 1}`);
        }
      }
    });
  }
});

// These take their text from a function of ours, never from outside: what they are for is to send
// or to raise it.
const isSenderItself = (name: string) =>
  ["phone_pool.nudge", "phone_pool.raise_error"].includes(name);

Deno.test("strange text in an organization does nothing", async (t) => {
  await using db = await createTestDatabase();
  for (const text of HOSTILE) {
    await t.step(JSON.stringify(text.slice(0, 40)), async () => {
      const settings = JSON.stringify({
        area_code: text,
        [text.slice(0, 1000)]: { area_code: text },
      });
      await db.query(
        `insert into public.organizations (name, slug, settings, subscription_status)
         values ($1, $2, $3, $4)`,
        [text, crypto.randomUUID(), settings, text],
      );
      assertEquals(await harm(db), []);
      assertEquals(
        await db.query("select kind from phone_pool.alerts where kind = 'assignment_failed'"),
        [],
      );
    });
  }
});

/** Problems: an error that is no clean one, or harm that was done. All is rolled back. */
async function tryCall(
  db: TestDatabase,
  name: string,
  types: string[],
  values: unknown[],
): Promise<string[]> {
  const call = `select ${name}(${types.map((type, at) => `$${at + 1}::${type}`).join(", ")})`;
  await db.query("begin");
  await db.query("savepoint before_call");
  const problems: string[] = [];
  try {
    await db.query(call, values);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    if (!CLEAN.test(code)) problems.push(`${code}: ${error}`);
    await db.query("rollback to savepoint before_call");
  }
  problems.push(...await harm(db));
  await db.query("rollback");
  return problems;
}

async function harm(db: TestDatabase): Promise<string[]> {
  const rows = await db.query<{ problem: string }>(
    `select 'a table was created' as problem where to_regclass('public.${MARK}') is not null
     union all
     select 'a request carries it: ' || url from net.http_request_queue
     where url || headers::text ~ '${MARK}|X-Injected'`,
  );
  return rows.map(({ problem }) => problem);
}
