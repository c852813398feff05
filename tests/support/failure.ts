import pg from "pg";
import { fail } from "./assert.ts";

export interface DatabaseFailure {
  code: string;
  message: string;
  detail: string;
  hint: string;
}

/** The error that a statement raises; fails the test when it raises none. */
export async function failureOf(statement: PromiseLike<unknown>): Promise<DatabaseFailure> {
  try {
    await statement;
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    const { code = "", message, detail = "", hint = "" } = error;
    return { code, message, detail, hint };
  }
  fail("The statement was expected to fail");
}

/** "ok", or the SQLSTATE that the statement fails with. */
export async function outcomeOf(statement: PromiseLike<unknown>): Promise<string> {
  try {
    await statement;
    return "ok";
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    return error.code ?? "no code";
  }
}
