/** Stands where Telnyx, LiveKit, Supabase and a database are, and counts who comes. */
export interface Recorder extends AsyncDisposable {
  /** Every variable of a deployment, all of them leading here. */
  variables: Record<string, string>;
  /** How many connections were made. */
  connections(): number;
}

export function startRecorder(): Recorder {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  let count = 0;
  const accepting = (async () => {
    for await (const connection of listener) {
      count++;
      connection.close();
    }
  })();
  const host = `127.0.0.1:${listener.addr.port}`;
  return {
    variables: variablesLeadingTo(host),
    connections: () => count,
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
    },
  };
}

function variablesLeadingTo(host: string): Record<string, string> {
  const database = `postgresql://postgres:secret@${host}/postgres`;
  const [hostname = "", port = ""] = host.split(":");
  return {
    TELNYX_API_KEY: "KEY_of_somebody",
    TELNYX_BASE_URL: `http://${host}/v2`,
    TELNYX_CONNECTION_ID: "1",
    TELNYX_PUBLIC_KEY: `${"A".repeat(43)}=`,
    LIVEKIT_URL: `ws://${host}`,
    LIVEKIT_API_KEY: "API_of_somebody",
    LIVEKIT_API_SECRET: "secret-of-somebody-of-32-characters",
    LIVEKIT_SIP_TRUNK_ID: "ST_of_somebody",
    SUPABASE_URL: `http://${host}`,
    SUPABASE_SECRET_KEY: "sb_secret_of_somebody",
    SUPABASE_SECRET_KEYS: JSON.stringify({ default: "sb_secret_of_somebody" }),
    SUPABASE_DB_URL: database,
    DATABASE_URL: database,
    PGHOST: hostname,
    PGPORT: port,
    PGUSER: "somebody",
    PGSSLMODE: "require",
    PGOPTIONS: "-c no_such_setting=1",
    PHONE_POOL_SECRET: "a-shared-secret-of-somebody-else",
    PHONE_POOL_FUNCTIONS_URL: `http://${host}/functions/v1`,
  };
}
