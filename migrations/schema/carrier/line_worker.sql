-- The steps of the Edge Function reconcile-carrier that make the lines at Telnyx what they must be.
--
--   follow_lines    the sweep and the first claim: writes down what desired_lines() says
--   claim_lines     leases lines that are due; from then on a request may be out (sent_at)
--   record_line     what Telnyx was seen to have: what a claim has read back
--   record_line_failure   no answer, or a refusal: later again
--
-- Compare-and-set on the token of the claim: an answer to an older claim is refused. All are
-- security definer: see claim_purchases.

create function phone_pool.follow_lines()
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
declare
  v_now timestamptz := phone_pool.clock();
  v_count int;
  v_number record;
begin
  if not phone_pool.lines_are_on() and not exists (
    select from public.phone_numbers n join public.organizations o on o.id = n.organization_id
    where o.settings ->> 'callback_number' is not null
  ) then
    return 0;
  end if;
  -- Two that follow: the second waits here, and sees what the first has written.
  insert into phone_pool.heartbeats (job, last_at) values ('lines_followed', v_now)
  on conflict (job) do update set last_at = excluded.last_at;
  -- What was imported while no line was wanted is looked at before the next organization gets it.
  for v_number in
    select n.id from public.phone_numbers n
    where n.status = 'available' and n.purchase_id is null and not exists (
      select from phone_pool.lines l where l.phone_number_id = n.id and l.is_neutral)
    for no key update skip locked
  loop
    perform phone_pool.hold_back_number(v_number.id, 'its line at Telnyx is not seen to be clear');
  end loop;
  with wanted as (
    select d.*, n.purchase_id is not null as is_bought
    from phone_pool.desired_lines(array(
      select n.id from public.phone_numbers n
      where n.status in ('assigned', 'suspended')
        or exists (select from phone_pool.lines l where l.phone_number_id = n.id))) d
    join public.phone_numbers n on n.id = d.phone_number_id
  ),
  changed as (
    select w.* from wanted w left join phone_pool.lines l on l.phone_number_id = w.phone_number_id
    where case when l.phone_number_id is null
      then w.organization_id is not null or not w.is_bought
      else (w.organization_id, w.forward_to, w.caller_name, w.reason)
        is distinct from (l.organization_id, l.forward_to, l.caller_name, l.reason) end
  )
  insert into phone_pool.lines as l (phone_number_id, organization_id, forward_to, caller_name,
    reason, wanted_since, seen_at, next_attempt_at)
  -- Bought and never written to: that is as good as seen.
  select c.phone_number_id, c.organization_id, c.forward_to, c.caller_name, c.reason, v_now,
    case when c.is_bought then v_now end, v_now
  from changed c order by c.phone_number_id
  on conflict (phone_number_id) do update
  set version = l.version + 1, organization_id = excluded.organization_id,
    forward_to = excluded.forward_to, caller_name = excluded.caller_name,
    reason = excluded.reason, attempts = 0,
    wanted_since = v_now, next_attempt_at = case
      when excluded.forward_to is distinct from l.forward_to
        or excluded.caller_name is distinct from l.caller_name then v_now
      else l.next_attempt_at end;
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function phone_pool.follow_lines() is
  'A step of the sweep, and the first of the worker: lines that must be other than they were, and '
  'numbers whose line was never seen, are written down. Returns how many lines changed.';

create function phone_pool_worker.claim_lines(
  p_limit int default 10,
  p_lease_seconds int default 90,
  p_follow boolean default false
)
returns table (
  phone_number_id uuid,
  claim_token uuid,
  phone_number text,
  telnyx_phone_number_id text,
  forward_to text,
  caller_name text,
  is_named boolean,
  is_look boolean
)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
#variable_conflict use_column
declare
  v_now timestamptz;
  v_ids uuid[];
begin
  if p_follow then
    perform phone_pool.follow_lines();
  end if;
  v_now := phone_pool.clock();
  v_ids := array(
    select l.phone_number_id from phone_pool.lines l
    where l.next_attempt_at <= v_now and (l.lease_until is null or l.lease_until <= v_now)
      and (select phone_pool.is_own_project())
    order by l.next_attempt_at, l.phone_number_id
    limit least(greatest(p_limit, 1), 50)
    for update skip locked);
  -- Anew, now that they are locked: whose number it is, and whether it is to be written to.
  return query
  with due as (
    select l.phone_number_id as id, n.phone_number, n.telnyx_phone_number_id,
      n.status = 'available'
        or l.sent_at is null and coalesce(l.unanswered_at <= v_now - interval '15 minutes', true)
          and (l.is_applied or l.seen_at is null and l.organization_id is null) as is_look
    from phone_pool.lines l
    join public.phone_numbers n on n.id = l.phone_number_id
    where l.phone_number_id = any (v_ids)
      and (l.organization_id is null or l.organization_id = n.organization_id
        or n.status = 'suspended' and l.organization_id = (
          select t.organization_id from phone_pool.tenures t
          where t.phone_number_id = n.id and t.quarantine_until > v_now
          order by lower(t.held) desc limit 1))
  ),
  claimed as (
    update phone_pool.lines l
    set claim_token = gen_random_uuid(),
      lease_until = v_now + make_interval(secs => least(greatest(p_lease_seconds, 1), 300)),
      unanswered_at = coalesce(l.sent_at, l.unanswered_at),
      sent_at = case when not d.is_look then v_now end,
      sent_version = case when not d.is_look then l.version end,
      was_named = l.was_named or l.caller_name is not null
    from due d where l.phone_number_id = d.id
    returning l.*, d.phone_number, d.telnyx_phone_number_id, d.is_look
  )
  select c.phone_number_id, c.claim_token, c.phone_number, c.telnyx_phone_number_id, c.forward_to,
    c.caller_name, c.was_named, c.is_look
  from claimed c;
end
$$;
comment on function phone_pool_worker.claim_lines(int, int, boolean) is
  'Leases up to p_limit (at most 50) lines that are due, for p_lease_seconds (at most 300), with '
  'what they must be at Telnyx and the claim_token that the next step asks for; p_follow: after '
  'follow_lines(). is_look: only to be looked at; is_named: a name may stand there. Security '
  'definer: see claim_purchases.';

create function phone_pool.lock_claimed_line(p_phone_number_id uuid, p_claim_token uuid)
returns phone_pool.lines
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_line phone_pool.lines;
begin
  select * into v_line from phone_pool.lines l
  where l.phone_number_id = p_phone_number_id and l.claim_token = p_claim_token
    and l.lease_until > phone_pool.clock()
  for update;
  if not found then
    perform phone_pool.raise_error('line_claim_lost', 'phone number ' || p_phone_number_id);
  end if;
  return v_line;
end
$$;
comment on function phone_pool.lock_claimed_line(uuid, uuid) is
  'Locks and returns the line if the token still holds; raises line_claim_lost otherwise.';

create function phone_pool_worker.record_line(
  p_phone_number_id uuid,
  p_claim_token uuid,
  p_forward_to text,
  p_caller_name text
)
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  v_now timestamptz := phone_pool.clock();
  v_before phone_pool.lines := phone_pool.lock_claimed_line(p_phone_number_id, p_claim_token);
  v_after phone_pool.lines;
  v_number public.phone_numbers;
  v_is_locked boolean;
begin
  -- Being assigned this moment, or given back: what depends on the number comes with another look.
  select * into v_number from public.phone_numbers n
  where n.id = p_phone_number_id for no key update skip locked;
  v_is_locked := found;
  if v_number.status = 'available' and (p_forward_to is not null or p_caller_name is not null) then
    -- Somebody else wrote there.
    perform phone_pool.hold_back_number(
      p_phone_number_id, 'its line at Telnyx is not seen to be clear');
  end if;
  update phone_pool.lines l
  set seen_forward_to = p_forward_to, seen_caller_name = p_caller_name, seen_at = v_now,
    sent_at = null, sent_version = null, claim_token = null, lease_until = null, last_error = null,
    was_named = l.was_named or p_caller_name is not null,
    unanswered_at = case
      -- Not what was written: the read may be stale.
      when l.sent_at is not null and (l.sent_version <> l.version
        or p_forward_to is distinct from l.forward_to
        or p_caller_name is distinct from l.caller_name) then l.sent_at
      when v_now - l.unanswered_at < interval '15 minutes' then l.unanswered_at end
  where l.phone_number_id = p_phone_number_id
  returning * into v_after;
  update phone_pool.lines l
  set attempts = case when v_after.is_applied then 0 else l.attempts + 1 end,
    next_attempt_at = case
      when not v_after.is_applied then v_now + case when v_before.is_applied then interval '0'
        else least(phone_pool.backoff(l.attempts + 1, random()), interval '1 minute') end
      -- What was not answered may be done late: looked at once more.
      when v_after.unanswered_at is not null then v_after.unanswered_at + interval '15 minutes'
      when not v_is_locked then v_now + interval '1 minute'
      else v_now + interval '1 day' end
  where l.phone_number_id = p_phone_number_id;
  perform phone_pool.note_line_drift(v_before, v_after);
  if v_after.is_neutral and v_is_locked and v_number.suspended_until = 'infinity' then
    perform phone_pool.put_back_number(p_phone_number_id);
  end if;
end
$$;
comment on function phone_pool_worker.record_line(uuid, uuid, text, text) is
  'Telnyx was asked and has this line: forwarded to, and the listed name; null: none. A number '
  'that was held back until its line is clear comes in. Raises line_claim_lost. Security definer: '
  'see claim_purchases.';

create function phone_pool.note_line_drift(p_before phone_pool.lines, p_after phone_pool.lines)
returns void
language sql
set search_path = pg_catalog, pg_temp
as $$
  -- It was right, nobody here has wanted another since, and it is wrong: somebody else wrote there.
  insert into phone_pool.drifts (kind, phone_number, phone_number_id, telnyx_phone_number_id,
    detail, monthly_cost, is_safe, found_at, last_seen_at)
  select w.kind, n.phone_number, n.id, n.telnyx_phone_number_id, w.detail, n.monthly_cost, true,
    phone_pool.clock(), phone_pool.clock()
  from public.phone_numbers n, (values
    ('wrong_forwarding', p_after.seen_forward_to, p_after.forward_to,
      format('forwarded to %s, not %s',
        coalesce('…' || right(p_after.seen_forward_to, 4), 'nobody'),
        coalesce('…' || right(p_after.forward_to, 4), 'nobody'))),
    ('wrong_name', p_after.seen_caller_name, p_after.caller_name, format('named %s, not %s',
      coalesce(p_after.seen_caller_name, 'nothing'), coalesce(p_after.caller_name, 'nothing')))
  ) w (kind, seen, wanted, detail)
  where n.id = p_after.phone_number_id and p_before.is_applied and not p_after.is_applied
    and w.seen is distinct from w.wanted
  on conflict (kind, phone_number) where closed_at is null do nothing;
  update phone_pool.drifts d set closed_at = phone_pool.clock(), healed_at = phone_pool.clock()
  where d.phone_number_id = p_after.phone_number_id and d.closed_at is null
    and d.kind in ('wrong_forwarding', 'wrong_name') and p_after.is_applied;
$$;
comment on function phone_pool.note_line_drift(phone_pool.lines, phone_pool.lines) is
  'Opens wrong_forwarding and wrong_name where a line that was right is not, and closes them when '
  'it is again.';

create function phone_pool_worker.record_line_failure(
  p_phone_number_id uuid,
  p_claim_token uuid,
  p_error_class text,
  p_error text,
  p_http_status int default null,
  p_retry_after_seconds int default null
)
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  v_now timestamptz := phone_pool.clock();
  v_line phone_pool.lines := phone_pool.lock_claimed_line(p_phone_number_id, p_claim_token);
begin
  update phone_pool.lines l
  set attempts = l.attempts + (p_error_class <> 'rate_limited')::int, claim_token = null,
    lease_until = null, last_error = left(p_error, 500),
    next_attempt_at = v_now + case
      when p_error_class = 'rate_limited' then
        make_interval(secs => least(greatest(coalesce(p_retry_after_seconds, 1), 1), 3600))
      -- Not in the account any more: given back, or reconcile-carrier says so of the number.
      when p_http_status = 404 then case when exists (select from public.phone_numbers n
        where n.id = p_phone_number_id and n.status <> 'released') then interval '1 day' end
      when p_http_status between 400 and 499
        then phone_pool.backoff(v_line.attempts + 1, random())
      else least(phone_pool.backoff(v_line.attempts + 1, random()), interval '1 minute') end
  where l.phone_number_id = p_phone_number_id;
end
$$;
comment on function phone_pool_worker.record_line_failure(uuid, uuid, text, text, int, int) is
  'Telnyx gave no answer, or refused: asked again later, less and less often; what was to be '
  'written may have been, or will be. p_http_status: null when there was none. Raises '
  'line_claim_lost. Security definer: see claim_purchases.';

create function phone_pool.count_unseen_numbers()
returns int
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select count(*)::int from phone_pool.lines l
  join public.phone_numbers n on n.id = l.phone_number_id
  where l.seen_at is null and l.wanted_since > phone_pool.clock() - interval '15 minutes'
    and n.status = 'suspended' and n.suspended_until = 'infinity';
$$;
comment on function phone_pool.count_unseen_numbers() is
  'Numbers that will be the pool''s when their lines were seen: not bought a second time.';

create function phone_pool.watch_lines()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
begin
  perform phone_pool.raise_alert('callback_refused', w.who || ': ' || w.refusal, w.subject)
  from (
    select 'settings.callback_default' as who, 'callback_default' as subject, c.refusal
    from phone_pool.settings s, phone_pool.callback_refusal(s.callback_default) c
    where s.callback_default is not null
    union all
    select 'callback_number of organization ' || o.id, o.id::text, c.refusal
    from public.phone_numbers n
    join public.organizations o on o.id = n.organization_id
    cross join lateral phone_pool.callback_refusal(o.settings ->> 'callback_number') c
    where o.settings ->> 'callback_number' is not null
    limit 1000
  ) w where w.refusal is not null;
  perform phone_pool.raise_alert('line_not_applied', format('…%s, since %s: see admin_lines',
    right(l.phone_number, 4),
    to_char(l.wanted_since at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"')),
    l.phone_number_id::text)
  from (
    select w.*, n.phone_number from phone_pool.lines w
    join public.phone_numbers n on n.id = w.phone_number_id
    where not w.is_applied and w.wanted_since < phone_pool.clock() - interval '15 minutes'
      and n.status <> 'released' and n.carrier_status is distinct from 'gone'
    order by w.wanted_since limit 100
  ) l;
  perform phone_pool.close_alert(a.kind, a.subject) from phone_pool.alerts a
  where a.closed_at is null and a.kind = 'line_not_applied' and not exists (
    select from phone_pool.lines l join public.phone_numbers n on n.id = l.phone_number_id
    where l.phone_number_id::text = a.subject and not l.is_applied and n.status <> 'released'
      and n.carrier_status is distinct from 'gone');
end
$$;
comment on function phone_pool.watch_lines() is
  'callback_refused, by organization; line_not_applied, by number: not at Telnyx what it must be '
  'for a quarter of an hour.';
