import { assert, assertEquals } from "../../support/assert.ts";
import { countParseNodes } from "./count.ts";

const FUNCTION =
  "create function f() returns int language plpgsql as $$ begin perform 1 from t; return 2; end $$";

Deno.test("nodes are counted, not lines", () => {
  // A SelectStmt, a ResTarget and a constant.
  assertEquals(countParseNodes("select 1"), 3);
  assertEquals(countParseNodes("-- why\nselect\n  1; /* é */ select 1;"), 6);
  const commented = FUNCTION.replace("begin", "begin -- why\n\n ");
  assertEquals(countParseNodes(commented), countParseNodes(FUNCTION));
  const longer = FUNCTION.replace("from t", "from t where a = 1");
  // An A_Expr with its name, a ColumnRef with its name, and a constant.
  assertEquals(countParseNodes(longer) - countParseNodes(FUNCTION), 5);
  const inSql = "create function f() returns int language sql as $$ select 1 $$";
  assert(countParseNodes(inSql.replace("1", "1, 1")) > countParseNodes(inSql));
  assertEquals(countParseNodes(`select 'é'; ${FUNCTION}`), countParseNodes(FUNCTION) + 3);
});
