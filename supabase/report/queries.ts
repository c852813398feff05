/**
 * What is looked at of a month: each figure is one query over the admin's tables, shown by npm run
 * report and, the same, by the dashboard of supabase/grafana. `day` is a day in UTC.
 */
export interface Query {
  id: string;
  title: string;
  /** With the unit. */
  about: string;
  /** bars: a column `day` (or `hour`), and a column for each colour of the stack. lines: the same,
   * beside each other. table: as it is. */
  kind: "bars" | "lines" | "table";
  sql: string;
}

const DAYS = `days as (
  select d as begins_at, d + interval '1 day' as ends_at, to_char(d at time zone 'UTC', 'MM-DD') as day
  from (select date_trunc('day', phone_pool.clock() at time zone 'UTC') as today) t,
    generate_series((t.today - interval '29 days') at time zone 'UTC', t.today at time zone 'UTC',
      interval '1 day') d
)`;

const SINCE = "phone_pool.clock() - interval '30 days'";

export const QUERIES: Query[] = [
  {
    id: "pool-level",
    title: "Pool level",
    about: "Phone numbers at the end of each day, and the low water mark that counts now.",
    kind: "lines",
    sql: `with ${DAYS},
moments as (select d.day, least(d.ends_at, phone_pool.clock()) as at from days d)
select m.day,
  count(n.id) filter (where not t.is_held and not t.rests) as available,
  count(n.id) filter (where t.is_held) as assigned,
  (select l.low_water from phone_pool.levels() l) as low_water
from moments m
left join public.phone_numbers n
  on n.purchased_at <= m.at and (n.released_at is null or n.released_at > m.at)
left join lateral (
  select coalesce(bool_or(x.held @> m.at), false) as is_held,
    coalesce(bool_or(not x.held @> m.at and x.quarantine_until > m.at
      and coalesce(x.resumed_at, 'infinity') > m.at), false) as rests
  from phone_pool.tenures x
  where x.phone_number_id = n.id and lower(x.held) <= m.at
) t on n.id is not null
group by m.day, m.at order by m.at`,
  },
  {
    id: "low-water",
    title: "Below low water",
    about: "Minutes of each day in which fewer numbers than the low water mark were available.",
    kind: "bars",
    sql: `with ${DAYS}
select d.day, coalesce(round(sum(case when e.id is not null then extract(epoch from
    least(coalesce(e.ended_at, phone_pool.clock()), d.ends_at) - greatest(e.began_at, d.begins_at)
  ) end) / 60), 0) as minutes
from days d
left join phone_pool.low_water_episodes e
  on e.began_at < d.ends_at and coalesce(e.ended_at, phone_pool.clock()) > d.begins_at
group by d.day, d.begins_at order by d.begins_at`,
  },
  {
    id: "registrations",
    title: "Registrations",
    about:
      "Organizations that asked for a number, by when they had it: within half a second, later.",
    kind: "bars",
    sql: `with ${DAYS}
select d.day,
  count(*) filter (where lower(t.held) - t.requested_at < interval '500 milliseconds') as at_once,
  count(*) filter (where lower(t.held) - t.requested_at >= interval '500 milliseconds') as later
from days d
left join phone_pool.tenures t on t.requested_at >= d.begins_at and t.requested_at < d.ends_at
group by d.day, d.begins_at order by d.begins_at`,
  },
  {
    id: "spending",
    title: "Spending",
    about:
      "US dollars of this calendar month (UTC) until now, by part; committed is what it will " +
      "cost at least, with all of the month's rent.",
    kind: "table",
    sql: `select p.part, p.usd from public.admin_spending s, lateral (values
  ('numbers of organizations', s.assigned_usd), ('numbers in quarantine', s.quarantine_usd),
  ('numbers in the pool', s.idle_usd), ('paid once', s.one_time_usd),
  ('minutes of calls', s.minutes_usd), ('total', s.total_usd),
  ('committed', s.committed_usd), ('budget', s.monthly_budget_usd)) p (part, usd)
where s.month = (select max(l.month) from public.admin_spending l)`,
  },
  {
    id: "calls",
    title: "Calls by outcome",
    about: "Intake calls of each day by how they ended; other: still under way, or unknown.",
    kind: "bars",
    sql: `with ${DAYS}
select d.day,
  count(*) filter (where c.status = 'completed') as completed,
  count(*) filter (where c.status in ('voicemail', 'wrong_person')) as voicemail,
  count(*) filter (where c.status in ('no_answer', 'busy', 'declined')) as not_reached,
  count(*) filter (where c.status in ('failed', 'blocked', 'cancelled')) as failed,
  count(*) filter (where c.status = 'refused') as refused,
  count(*) filter (where c.status in ('queued', 'dialing', 'answered', 'unknown')) as other
from days d
left join phone_pool.intake_calls c on c.created_at >= d.begins_at and c.created_at < d.ends_at
group by d.day, d.begins_at order by d.begins_at`,
  },
  {
    id: "hours",
    title: "Calls by hour",
    about: "Intake calls of 30 days by the hour (UTC) in which they were asked for.",
    kind: "bars",
    sql: `select to_char(h, 'FM00') as hour,
  count(c.id) filter (where c.answered_at is not null) as answered,
  count(c.id) filter (where c.answered_at is null) as not_answered
from generate_series(0, 23) h
left join phone_pool.intake_calls c on c.created_at > ${SINCE}
  and extract(hour from c.created_at at time zone 'UTC') = h
group by h order by h`,
  },
  {
    id: "numbers",
    title: "Numbers",
    about: "Phone numbers by status and by what Telnyx says of them.",
    kind: "table",
    sql:
      `select status, coalesce(carrier_status, 'not compared yet') as at_telnyx, count(*) as numbers
from public.phone_numbers group by status, carrier_status order by status, numbers desc`,
  },
  {
    id: "drift",
    title: "Drift",
    about: "What Telnyx bills and the pool knows are not the same, now; dollars are a month.",
    kind: "table",
    sql: `select class, count(*) as numbers, sum(dollars_a_month) as usd_a_month,
  to_char(min(since) at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as since_utc
from public.admin_drift group by class order by class`,
  },
  {
    id: "carrier",
    title: "Requests to Telnyx",
    about: "Milliseconds that half and 95 of 100 requests of a day took at most.",
    kind: "lines",
    sql: `with ${DAYS}
select d.day,
  coalesce(percentile_disc(0.5) within group (order by r.milliseconds), 0) as half_ms,
  coalesce(percentile_disc(0.95) within group (order by r.milliseconds), 0) as most_ms
from days d
left join phone_pool.carrier_requests r
  on r.requested_at >= d.begins_at and r.requested_at < d.ends_at
group by d.day, d.begins_at order by d.begins_at`,
  },
  {
    id: "alerts",
    title: "Alerts",
    about: "Alerts that were open in 30 days, and for how many minutes in all.",
    kind: "table",
    sql: `select severity, kind, count(*) as times, round(sum(extract(epoch from
    coalesce(closed_at, phone_pool.clock()) - greatest(opened_at, ${SINCE}))) / 60) as minutes_open
from public.admin_alerts where coalesce(closed_at, phone_pool.clock()) > ${SINCE}
group by severity, kind order by minutes_open desc limit 15`,
  },
];
