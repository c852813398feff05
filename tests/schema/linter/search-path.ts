/**
 * Whether a table or type that pg_catalog has is found there. Unless the path says where, pg_catalog
 * comes before it, and pg_temp, where every caller may create, before that.
 */
export function isFirst(searchPath: string[] | undefined): boolean {
  if (!searchPath) return false;
  const path = searchPath.includes("pg_catalog") ? searchPath : ["pg_catalog", ...searchPath];
  return path[0] === "pg_catalog" && path.includes("pg_temp");
}

/**
 * Whether a function or operator can be found nowhere but in pg_catalog: of those with the same name
 * the one whose types fit best wins, wherever it is in the path. In pg_temp they are never looked for.
 */
export function isOnly(searchPath: string[] | undefined): boolean {
  return searchPath !== undefined &&
    searchPath.every((schema) => schema === "pg_catalog" || schema === "pg_temp");
}
