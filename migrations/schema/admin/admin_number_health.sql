-- Whether people still answer the calls from a number: one that phones have begun to show as "Spam
-- Likely" looks healthy otherwise.
--
-- The latest 50 calls of the number are held against what is usual for its organization: the 300
-- calls before them, from whatever number, and as much as 20 calls of the fleet's rate, lowered by
-- what the fleet has lost in this week (a holiday is nobody's spam label). Under the rate that this
-- leads to, as uncertain as it is (a beta distribution), so few answers or fewer have a
-- probability: `chance`. Below 1 in 25,000, and with 30 calls at least, the verdict is
-- losing_answers.
--
-- That is so strict because every call is a new look: tests/simulation/answers shows how often 100
-- clinics with 1,200 calls each a year raise a false alarm in a year, and how soon a loss is found.

create function phone_pool.chance_of_so_few(
  p_answered bigint,
  p_calls bigint,
  p_usual_answered double precision,
  p_usual_unanswered double precision
)
returns double precision
language plpgsql
immutable
strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_term double precision := 1;
  v_sum double precision;
begin
  -- None answered, and from there each probability out of the one before.
  for i in 0 .. p_calls - 1 loop
    v_term := v_term * (p_usual_unanswered + i) / (p_usual_answered + p_usual_unanswered + i);
  end loop;
  v_sum := v_term;
  for k in 0 .. p_answered - 1 loop
    v_term := v_term * (p_calls - k) / (k + 1)
      * (p_usual_answered + k) / (p_usual_unanswered + p_calls - k - 1);
    v_sum := v_sum + v_term;
  end loop;
  return v_sum;
end
$$;
comment on function phone_pool.chance_of_so_few(
  bigint, bigint, double precision, double precision) is
  'Probability of p_answered or fewer of p_calls, the beta-binomial distribution. A few dozen '
  'calls at most: one step each.';

create view public.admin_number_health with (security_invoker = true) as
with now as materialized (
  select phone_pool.clock() as at
),
-- Calls that reached a phone, or were kept from it; none that failed on our side.
answers as not materialized (
  select c.phone_number_id, c.organization_id, c.created_at, c.status,
    c.status in ('completed', 'wrong_person') as is_answered,
    coalesce(c.talk_time < interval '3 seconds', false) as is_short,
    c.status in ('completed', 'wrong_person')
      and coalesce(c.talk_time >= interval '3 seconds', true) as is_conversation
  from phone_pool.intake_calls c
  where c.status in
    ('completed', 'wrong_person', 'voicemail', 'no_answer', 'busy', 'declined', 'blocked')
),
by_organization as (
  select a.organization_id,
    count(*) as calls,
    count(*) filter (where a.is_conversation) as answered,
    count(*) filter (where a.is_recent) as recent_calls,
    count(*) filter (where a.is_recent and a.is_conversation) as recent_answered
  from (
    select l.organization_id, l.is_conversation,
      l.created_at > n.at - interval '7 days' as is_recent
    from now n, answers l
    where l.created_at > n.at - interval '28 days'
    order by l.created_at desc limit 20000
  ) a
  group by a.organization_id
),
fleet as materialized (
  select
    least(greatest(coalesce(sum(b.answered) / nullif(sum(b.calls), 0), 0.5), 0.05), 0.95) as rate,
    -- Of one clinic among a few the fleet's rate would be its own.
    case when count(c.change) >= 10
      then least(percentile_cont(0.5) within group (order by c.change), 1) else 1 end as change
  from by_organization b
  cross join lateral (
    select case
      when b.recent_calls >= 10 and b.calls - b.recent_calls >= 10
        and b.answered > b.recent_answered
      then (b.recent_answered::double precision / b.recent_calls)
        / ((b.answered - b.recent_answered)::double precision / (b.calls - b.recent_calls)) end
      as change
  ) c
)
select
  n.phone_number,
  n.organization_id,
  (select o.name from public.organizations o where o.id = n.organization_id) as organization_name,
  case when l.calls < 30 then 'too_few_calls' when t.chance < 1.0 / 25000 then 'losing_answers'
    else 'as_usual' end as verdict,
  t.chance,
  l.calls as latest_calls,
  round(l.answered::numeric / nullif(l.calls, 0), 3) as latest_answer_rate,
  round(e.rate::numeric, 3) as usual_answer_rate,
  round(f.rate::numeric, 3) as fleet_answer_rate,
  w.calls as calls_in_week,
  w.answered as answered_in_week,
  w.short as short_in_week,
  w.voicemail as voicemail_in_week,
  w.declined as declined_in_week,
  w.blocked as blocked_in_week,
  i.callers as callers,
  i.callers_of_others as callers_of_earlier_holders,
  n.id as phone_number_id
from public.phone_numbers n
cross join fleet f
cross join lateral (
  select count(*) as calls, count(*) filter (where a.is_conversation) as answered,
    min(a.created_at) as since
  from (
    select c.is_conversation, c.created_at from answers c
    where c.phone_number_id = n.id and c.organization_id = n.organization_id
      and c.created_at >= n.assigned_at
    order by c.created_at desc limit 50
  ) a
) l
cross join lateral (
  select count(*) as calls, count(*) filter (where a.is_conversation) as answered
  from (
    select c.is_conversation from answers c
    where c.organization_id = n.organization_id and c.created_at < l.since
    order by c.created_at desc limit 300
  ) a
) u
cross join lateral (
  select (u.answered + 20 * f.rate) / (u.calls + 20) * f.change as rate
) e
cross join lateral (
  select phone_pool.chance_of_so_few(l.answered, l.calls, (e.rate * (u.calls + 20)),
    ((1 - e.rate) * (u.calls + 20))) as chance
) t
cross join lateral (
  select count(*) as calls,
    count(*) filter (where c.is_answered) as answered,
    count(*) filter (where c.is_answered and c.is_short) as short,
    count(*) filter (where c.status = 'voicemail') as voicemail,
    count(*) filter (where c.status = 'declined') as declined,
    count(*) filter (where c.status = 'blocked') as blocked
  from answers c
  where c.phone_number_id = n.id and c.organization_id = n.organization_id
    and c.created_at > (select o.at from now o) - interval '7 days'
) w
cross join lateral (
  select count(distinct r.party_hash) as callers,
    count(distinct r.party_hash) filter (where
      exists (select from phone_pool.callees k where k.phone_number_id = n.id
        and k.callee_hash = r.party_hash and k.tenure_id <> r.tenure_id)
      and not exists (select from phone_pool.callees k
        where k.tenure_id = r.tenure_id and k.callee_hash = r.party_hash)) as callers_of_others
  from phone_pool.tenures h
  join phone_pool.call_records r on r.tenure_id = h.id and r.kind = 'inbound'
  where h.phone_number_id = n.id and upper_inf(h.held)
) i
where n.status = 'assigned';
comment on view public.admin_number_health is
  'Whether the calls from each assigned number are still answered, against what is usual for its '
  'organization.';
comment on column public.admin_number_health.verdict is
  'too_few_calls: fewer than 30; as_usual; losing_answers: far fewer answers than usual.';
comment on column public.admin_number_health.chance is
  'Probability of so few answers if nothing had changed; losing_answers below 1 in 25,000.';
comment on column public.admin_number_health.latest_calls is
  'The latest calls of its organization from this number, 50 at most; calls that failed on our '
  'side are not counted.';
comment on column public.admin_number_health.latest_answer_rate is
  'Share of these that a person answered for three seconds or more.';
comment on column public.admin_number_health.usual_answer_rate is
  'The same before them: of the organization''s earlier calls, a little of the fleet''s, and as '
  'much lower as the whole fleet''s is this week.';
comment on column public.admin_number_health.fleet_answer_rate is
  'The same of all organizations in 28 days.';
comment on column public.admin_number_health.calls_in_week is 'In the last 7 days.';
comment on column public.admin_number_health.answered_in_week is
  'By a person: a mailbox is voicemail.';
comment on column public.admin_number_health.short_in_week is 'Answered, for less than 3 seconds.';
comment on column public.admin_number_health.blocked_in_week is
  'Blocked on the way (SIP 603+, 608): a sign of a spam label.';
comment on column public.admin_number_health.callers is
  'People who called the number while its organization has had it.';
comment on column public.admin_number_health.callers_of_earlier_holders is
  'Of these, those whom an earlier holder had called with it, and this one never.';
revoke all on public.admin_number_health from public, anon, authenticated, service_role;
grant select on public.admin_number_health to service_role;
