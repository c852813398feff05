import { AsyncLocalStorage } from "node:async_hooks";

export interface DatabaseFailure {
  code: string;
  message: string;
  detail?: string;
  hint?: string;
}

/** What is known while one request is answered. */
export interface RequestContext {
  method: string;
  /** By their names in lower case: PostgREST writes them into the setting request.headers. */
  headers: Record<string, string>;
  /** What the database refused. */
  failure?: DatabaseFailure;
}

export const requestContext = new AsyncLocalStorage<RequestContext>();
