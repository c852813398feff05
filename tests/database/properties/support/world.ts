import pg from "pg";
import { inRoot } from "../../../../supabase/local/stack/paths.ts";
import { createTestDatabase, type TestDatabase } from "../../../support/database.ts";
import { on, type Runner, value, values } from "../../../support/pool.ts";
import { createTime } from "../../../support/supply-time.ts";
import { numberAt, NUMBERS, organizationAt, phoneText, type Step } from "./steps.ts";

const here = (name: string) => Deno.readTextFile(inRoot("tests/database/properties/support", name));
const APPLICATION = await here("application.sql");
const INVARIANTS = await here("invariants.sql");
const AFTER_SWEEP = await here("after-sweep.sql");

/** What a step may be refused with: our own errors, and what the application itself caused. */
const EXPECTED = /^(PP0..|23505|40001|40P01|55P03|42501|P0001)$/;
/** A registration fails for reasons of the application's own only. */
const EXPECTED_OF_INSERT = /^(23505|40001|42501)$/;

interface OpenTransaction {
  client: pg.Client;
  organization: number | null;
  stepsLeft: number;
}

/** A database in which a script is played; nothing is remembered of it but what is at Telnyx. */
export class World implements AsyncDisposable {
  private readonly carrier = new Map<number, { status: string; tag: boolean }>();
  private readonly open: OpenTransaction[] = [];
  private readonly trusted = new Set<string>();

  private constructor(
    readonly db: TestDatabase,
    private readonly backend: pg.Client,
    private readonly stranger: pg.Client,
    private readonly pass: (seconds: number) => Promise<void>,
  ) {}

  static async create(): Promise<World> {
    const db = await createTestDatabase();
    await db.query(APPLICATION);
    const { pass } = await createTime(db);
    await db.query("set lock_timeout = '300ms'");
    const backend = await db.connect("service_role");
    const stranger = await db.connect("authenticated", { sub: crypto.randomUUID() });
    for (const client of [backend, stranger]) await client.query("set lock_timeout = '300ms'");
    return new World(db, backend, stranger, pass);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.db.drop();
  }

  /** Plays one step; returns what is wrong afterwards. */
  async play(step: Step): Promise<string[]> {
    const unexpected = await this.attempt(step);
    await this.age();
    const problems = [...unexpected, ...await values<string>(this.db, wrap(INVARIANTS))];
    problems.push(...await this.takenOver());
    if (step.do === "sweep" && this.open.length === 0) {
      problems.push(...await values<string>(this.db, wrap(AFTER_SWEEP)));
      problems.push(...await this.wrongCallerIds());
    }
    return problems;
  }

  private async attempt(step: Step): Promise<string[]> {
    try {
      if (step.open !== undefined) await this.leaveOpen(step, step.open);
      else await this.act(step);
      return [];
    } catch (error) {
      if (!(error instanceof pg.DatabaseError)) throw error;
      const isInsert = ["insert", "register", "undelete"].includes(step.do);
      const expected = isInsert && !this.isWrittenElsewhere(step) ? EXPECTED_OF_INSERT : EXPECTED;
      return expected.test(error.code ?? "") ? [] : [`${error.code} ${error.message}`];
    }
  }

  /** Whether an open transaction has written the same row: then Postgres itself waits for it. */
  private isWrittenElsewhere(step: Step): boolean {
    return "org" in step && this.open.some(({ organization }) => organization === step.org);
  }

  private async leaveOpen(step: Step, steps: number): Promise<void> {
    const client = await this.db.connect("service_role");
    await client.query("set lock_timeout = '300ms'");
    await client.query(`begin isolation level ${step.isolation}`);
    const organization = "org" in step ? step.org : null;
    this.open.push({ client, organization, stepsLeft: steps });
    await client.query("savepoint step");
    try {
      await this.application(step, on(client));
    } catch (error) {
      await client.query("rollback to savepoint step");
      throw error;
    }
  }

  private async age(): Promise<void> {
    for (const transaction of [...this.open]) {
      if (--transaction.stepsLeft > 0) continue;
      this.open.splice(this.open.indexOf(transaction), 1);
      await transaction.client.query("commit").catch((error) => {
        if (!(error instanceof pg.DatabaseError) || error.code !== "40001") throw error;
      });
    }
  }

  private async act(step: Step): Promise<void> {
    switch (step.do) {
      case "buy":
        return await this.buy();
      case "pass":
        return await this.pass(step.hours * 3600);
      case "sweep":
        await this.db.query("select phone_pool.sweep()");
        return;
      case "carrier_says":
        return await this.carrierSays(step.number, step.status);
      case "adopt":
        if (!this.carrier.has(step.number)) {
          this.carrier.set(step.number, { status: step.status, tag: true });
        }
        return await this.reconcile();
      case "break_writes":
        await this.db.query(
          `insert into broken_organizations values ($1, phone_pool.clock() + $2 * interval '1 hour')
           on conflict (id) do update set until = excluded.until`,
          [organizationAt(step.org), step.times],
        );
        return;
      default:
        return await this.inTransaction(step);
    }
  }

  private async inTransaction(step: Step): Promise<void> {
    const isStranger = step.do === "undelete" && step.by === "stranger";
    const client = isStranger ? this.stranger : this.backend;
    await client.query(`begin isolation level ${step.isolation}`);
    try {
      await this.application(step, on(client));
      await client.query("commit");
    } catch (error) {
      await client.query("rollback");
      throw error;
    }
    if (step.do === "import" && !this.carrier.has(step.number)) {
      this.carrier.set(step.number, { status: "active", tag: true });
    }
  }

  /** What is done in a transaction of the application's own. */
  private async application(step: Step, db: Runner): Promise<void> {
    const id = "org" in step && step.org !== null ? organizationAt(step.org) : null;
    switch (step.do) {
      case "insert":
      case "register":
      case "undelete":
        return await this.insert(step, db);
      case "write_phone":
        await db.query("update public.organizations set phone = $2 where id = $1", [
          id,
          phoneText(step.phone, step.org),
        ]);
        return;
      case "upsert":
        await db.query(
          `insert into public.organizations (id, name, slug, phone, subscription_status, created_at)
           values ($1, 'Clinic', 'clinic-' || $1::uuid, $2, $3, '2026-01-01Z')
           on conflict (id) do update set name = 'Clinic, saved', phone = excluded.phone,
             subscription_status = excluded.subscription_status`,
          [id, phoneText(step.phone, step.org), step.status],
        );
        this.trusted.add(id ?? "");
        return;
      case "set_status":
        await db.query(
          "update public.organizations set subscription_status = $2 where id = $1",
          [id, step.status],
        );
        return;
      case "delete":
        if (step.immediate) await db.query("set constraints all immediate");
        await db.query("delete from public.organizations where id = $1", [id]);
        return;
      case "request":
        await db.query("select request_phone_number($1, $2, $3)", [
          id,
          step.areaCode,
          step.replaceOwn,
        ]);
        return;
      case "replace":
        await db.query("select replace_phone_number($1, 'a test', $2)", [id, step.areaCode]);
        return;
      case "release":
        await db.query("select unassign_phone_number($1, 'a test')", [id]);
        return;
      case "backfill":
        await db.query("select backfill_organizations()");
        return;
      case "order":
        await db.query("select order_phone_numbers(1, $1)", [step.areaCode]);
        return;
      case "import":
        await db.query("select import_phone_number($1, $2, $3)", [
          numberAt(step.number),
          `29357${step.number}`,
          id,
        ]);
        return;
      case "retire":
        await db.query("select retire_phone_number($1, 'a test')", [numberAt(step.number)]);
        return;
    }
  }

  private async insert(
    step: Extract<Step, { do: "insert" | "register" | "undelete" }>,
    db: Runner,
  ): Promise<void> {
    const id = organizationAt(step.org);
    const isSame = step.do !== "undelete" || step.sameRow;
    const row = {
      id,
      name: "Clinic",
      slug: isSame ? `clinic-${id}` : `other-${id}`,
      created_at: isSame ? "2026-01-01Z" : "2026-06-01Z",
      subscription_status: step.do === "insert" ? step.status : "active",
      settings: step.do !== "undelete" && step.areaCode ? { area_code: step.areaCode } : null,
      ...(step.do !== "register" && { phone: phoneText(step.phone, step.org) }),
    };
    const before = await value<boolean>(
      this.db,
      "select exists (select from public.organizations where id = $1)",
      [id],
    );
    if (step.do === "register") await db.query("select register_organization($1)", [row]);
    else {
      await db.query(
        `insert into public.organizations select * from
           jsonb_populate_record(null::public.organizations, $1)`,
        [row],
      );
    }
    if (before) return;
    if (step.do === "undelete" && step.by === "stranger") this.trusted.delete(id);
    else this.trusted.add(id);
  }

  /** What replenish-pool does in a run, with a carrier that sells the world's numbers. */
  private async buy(): Promise<void> {
    await this.db.query("select phone_pool_worker.run_planner()");
    const claims = await this.db.query<{ id: string; token: string; area_code: string | null }>(
      "select id, claim_token as token, area_code from phone_pool_worker.claim_purchases(4)",
    );
    for (const { id, token, area_code } of claims) {
      const number = await this.choose(id, token, area_code);
      if (number === undefined) {
        await this.db.query(
          "select phone_pool_worker.record_purchase_failure($1, $2, 'none_in_stock', 'sold out')",
          [id, token],
        );
        continue;
      }
      await this.db.query(
        "select phone_pool_worker.record_purchase_ordered($1::uuid, $2, $1::text)",
        [id, token],
      );
      await this.db.query("select phone_pool_worker.record_purchase_owned($1, $2, $3)", [
        id,
        token,
        `29357${number}`,
      ]);
      this.carrier.set(number, { status: "active", tag: true });
    }
  }

  private async choose(id: string, token: string, areaCode: string | null) {
    for (let number = 0; number < NUMBERS; number++) {
      if (this.carrier.has(number)) continue;
      if (areaCode !== null && numberAt(number).slice(2, 5) !== areaCode) continue;
      try {
        const chosen = await value<boolean>(
          this.db,
          "select phone_pool_worker.choose_purchase_number($1, $2, $3, 1, 0)",
          [id, token, numberAt(number)],
        );
        if (chosen) return number;
      } catch (error) {
        if (!(error instanceof pg.DatabaseError) || !/^PP02/.test(error.code ?? "")) throw error;
        return undefined;
      }
    }
  }

  private async carrierSays(number: number, status: string): Promise<void> {
    const entry = this.carrier.get(number);
    if (entry) entry.status = status;
    await this.reconcile();
  }

  /** A comparison with Telnyx, an hour later; what is ours and unknown is adopted. */
  private async reconcile(): Promise<void> {
    await this.pass(3600);
    const run = await value<number | null>(
      this.db,
      "select phone_pool_worker.begin_reconciliation('connection')",
    );
    if (run === null) return;
    const listed = [...this.carrier].map(([number, { status, tag }]) => ({
      id: `29357${number}`,
      phone_number: numberAt(number),
      status,
      connection_id: "connection",
      tags: tag ? ["pool"] : [],
    }));
    const there = listed.filter(({ status }) => status !== "missing");
    await this.db.query("select phone_pool_worker.record_carrier_numbers($1, $2)", [
      run,
      JSON.stringify(there),
    ]);
    const missing = await this.db.query<{ phone_number: string; id: string }>(
      "select phone_number, telnyx_phone_number_id as id from phone_pool_worker.find_missing_numbers($1)",
      [run],
    );
    await this.db.query("select phone_pool_worker.record_carrier_numbers($1, $2)", [
      run,
      JSON.stringify(missing.map((number) => ({ ...number, status: "missing" }))),
    ]);
    const drifts = await this.db.query<{ drift_id: number; kind: string }>(
      "select drift_id, kind from phone_pool_worker.finish_reconciliation($1)",
      [run],
    );
    for (const { drift_id, kind } of drifts) {
      if (kind === "unknown_at_carrier") {
        await this.db.query("select phone_pool_worker.heal_drift($1)", [drift_id]);
      }
    }
  }

  /** Organizations that took a deleted one's number over though they are not the same. */
  private async takenOver(): Promise<string[]> {
    const rows = await this.db.query<{ id: string; problem: string }>(
      `select o.id, 'a stranger took over …' || right(n.phone_number, 4) as problem
       from public.phone_numbers n
       join public.organizations o on o.id = n.organization_id
       join phone_pool.tenures t on t.phone_number_id = n.id and upper_inf(t.held)
       join phone_pool.tenures before on before.phone_number_id = n.id
         and before.resumed_at = lower(t.held)
       where before.deleted_as is not null and o.slug like 'other-%'`,
    );
    return rows.filter(({ id }) => !this.trusted.has(id)).map(({ problem }) => problem);
  }

  private async wrongCallerIds(): Promise<string[]> {
    const problems: string[] = [];
    const organizations = await values<string>(
      this.db,
      "select id as value from public.organizations",
    );
    for (const id of organizations) {
      await this.db.query("begin");
      const [call] = await this.db.query<{ right: boolean; problem: string }>(
        `select c.status = 'refused' or (n.phone_number = c.caller_id
             and n.carrier_status is distinct from 'gone') as right,
           format('%s calls with …%s', c.organization_id, right(c.caller_id, 4)) as problem
         from phone_pool_worker.open_intake_call(p_organization_id => $1, p_patient_id => gen_random_uuid(),
           p_phone_number => '+13035550199', p_intake_id => gen_random_uuid()::text,
           p_request_hash => 'hash') c
         left join public.phone_numbers n on n.organization_id = c.organization_id`,
        [id],
      );
      await this.db.query("rollback");
      if (call && !call.right) problems.push(call.problem);
    }
    return problems;
  }
}

const wrap = (sql: string) => `select problem as value from (${sql}) p order by 1`;
