import { assertEquals } from "../support/assert.ts";
import { offenders, RELATIONS } from "../support/catalogue.ts";
import { createTestDatabase } from "../support/database.ts";

const INDEXES = `(select i.*, x.indisprimary, t.name as table_name
  from pg_index x join ${RELATIONS} i on i.oid = x.indexrelid
  join ${RELATIONS} t on t.oid = x.indrelid)`;

Deno.test("no constraint has a name that PostgreSQL made up", async () => {
  await using db = await createTestDatabase();
  assertEquals(
    await offenders(
      db,
      `select c.name || ': ' || k.conname as value
       from pg_constraint k join ${RELATIONS} c on c.oid = k.conrelid
       where k.contype not in ('n', 't') and k.conname ~ '_(check|key|fkey|excl)[0-9]*$'`,
    ),
    [],
  );
});

Deno.test("no index has a name that PostgreSQL made up, and each begins with its table", async () => {
  await using db = await createTestDatabase();
  assertEquals(
    await offenders(
      db,
      `select relname as value from ${INDEXES} i
       where (not indisprimary and relname ~ '_(idx|key|excl|pkey)[0-9]*$')
         or not starts_with(relname, regexp_replace(table_name, '^.*\\.', ''))`,
    ),
    [],
  );
});

Deno.test("every foreign key has an index, so that the other side is deleted quickly", async () => {
  await using db = await createTestDatabase();
  // A partial index serves when it leaves out nulls only: a foreign key never looks for those.
  const offending = await offenders(
    db,
    `select c.name || ': ' || k.conname as value
     from pg_constraint k join ${RELATIONS} c on c.oid = k.conrelid
     where k.contype = 'f' and not exists (
       select from pg_index x
       where x.indrelid = k.conrelid and x.indisvalid
         and (string_to_array(x.indkey::text, ' ')::smallint[])[1:cardinality(k.conkey)] = k.conkey
         and (x.indpred is null
           or pg_get_expr(x.indpred, x.indrelid) ~ '^\\(\\w+ IS NOT NULL\\)$'))`,
  );
  assertEquals(offending, []);
});

Deno.test("no two indexes of a table are the same", async () => {
  await using db = await createTestDatabase();
  assertEquals(
    await offenders(
      db,
      `select string_agg(indexrelid::regclass::text, ' = ') as value from pg_index x
       join ${RELATIONS} c on c.oid = x.indrelid
       group by x.indrelid, x.indkey, x.indclass::text, pg_get_expr(x.indpred, x.indrelid),
         pg_get_expr(x.indexprs, x.indrelid) having count(*) > 1`,
    ),
    [],
  );
});
