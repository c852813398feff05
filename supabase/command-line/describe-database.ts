/** The server and the database of a connection string, without user and password. */
export function describeDatabase(connectionString: string): string {
  const { host, pathname } = new URL(connectionString);
  return `database ${host}${pathname === "/" ? "/postgres" : pathname}`;
}
