import type { TestDatabase } from "../../support/database.ts";

/** What the platform's Realtime has of what is used, with send() as it is called. */
export const REALTIME = `
  create schema realtime;
  create table realtime.messages (topic text, event text, payload jsonb, private boolean);
  alter table realtime.messages enable row level security;
  create function realtime.topic() returns text language sql stable
    as $$ select nullif(current_setting('realtime.topic', true), '') $$;
  create function realtime.send(payload jsonb, event text, topic text, private boolean default true)
    returns void language sql as $$
      insert into realtime.messages (payload, event, topic, private)
      values (payload, event, topic, private) $$;
  grant usage on schema realtime to postgres, authenticated;
  grant select on realtime.messages to authenticated;
  alter table realtime.messages owner to postgres`;

/** Gives the database Realtime, or what `sql` makes of it. */
export async function addRealtime(db: TestDatabase, sql = REALTIME) {
  await (await db.connect("supabase_admin")).query(sql);
}
