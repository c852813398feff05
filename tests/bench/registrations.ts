import type pg from "pg";
import type { BenchDatabase } from "./server.ts";
import { type KnownNumber, MARKER } from "./pool.ts";

/** One way to register an organization, on a connection of its own. */
export interface Way {
  name: string;
  register(client: pg.Client, slug: string, known?: KnownNumber): Promise<unknown>;
  usesTrigger: boolean;
}

const INSERT = "insert into public.organizations (name, slug) values ($1, $1)";

export const registration: Way = {
  name: "registration",
  usesTrigger: true,
  register: (client, slug) => client.query({ name: "insert", text: INSERT, values: [slug] }),
};

/** The same rows by someone who already knows which number: nothing can assign for less. */
export const floor: Way = {
  name: "floor",
  usesTrigger: false,
  register: (client, slug, known) =>
    client.query({
      name: "floor",
      text: `with o as (
          insert into public.organizations (name, slug, phone) values ($1, $1, $3) returning id),
        n as (
          update public.phone_numbers set status = 'assigned', assigned_at = now(),
            organization_id = (select id from o), updated_at = now()
          where id = $2 returning id, organization_id)
        insert into phone_pool.tenures (phone_number_id, organization_id, requested_at, held)
        select id, organization_id, now(), tstzrange(now(), null) from n`,
      values: [slug, known?.id, known?.phone_number],
    }),
};

export const bareInsert: Way = { ...registration, name: "bare insert", usesTrigger: false };

/** The sketch that everybody writes first: find one, then update. */
export const sketch: Way = {
  name: "select, then update",
  usesTrigger: false,
  async register(client, slug) {
    await client.query("begin");
    const organization = await client.query({
      name: "sketch-insert",
      text: `${INSERT} returning id`,
      values: [slug],
    });
    const number = await client.query({
      name: "sketch-select",
      text: `select id, phone_number from public.phone_numbers where status = 'available'
        order by purchased_at, id limit 1 for update`,
      values: [],
    });
    const { id, phone_number } = number.rows[0];
    await client.query({
      name: "sketch-number",
      text: `with n as (
          update public.phone_numbers set status = 'assigned', organization_id = $1,
            assigned_at = now() where id = $2 returning id)
        insert into phone_pool.tenures (phone_number_id, organization_id, requested_at, held)
        select id, $1, now(), tstzrange(now(), null) from n`,
      values: [organization.rows[0].id, id],
    });
    await client.query({
      name: "sketch-organization",
      text: "update public.organizations set phone = $1 where id = $2",
      values: [phone_number, organization.rows[0].id],
    });
    await client.query("commit");
  },
};

/** A connection on which that way is measured. */
export async function connectFor(way: Way, database: BenchDatabase): Promise<pg.Client> {
  const client = await database.connect();
  if (!way.usesTrigger) {
    await client.query("select set_config($1, 'on', false)", [MARKER]);
  }
  return client;
}
