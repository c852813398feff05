-- The line of a number: where a call to it is put through to, and the name that phones show when
-- it calls. Both are settings at Telnyx that outlive a tenure, so they follow it by constraint: no
-- call back reaches another clinic than the one whose tenure or quarantine it is, and no number is
-- assigned under the name of its former holder.
--
-- A row is what the line must be (desired_lines(), the one rule) and what Telnyx was last seen to
-- have. Without a row a number that was bought here was never written to: it is neutral. One that
-- was imported or adopted has to be seen first, as soon as any line is wanted at all.
--
--   neutral: seen without forwarding and name, and no request is out that could change that. A
--   request that was not answered may still arrive, and a read that shows something else than what
<<<<<<< HEAD
--   was written may be stale: for 15 minutes after it nothing that was seen counts.
--
-- A number becomes available only when its line is neutral (the trigger
-- phone_numbers_refuse_transition), and the line of an available number is never written.
=======
--   was written may be stale: for 15 minutes after it nothing that was seen counts. A number
--   becomes available only when its line is neutral (the trigger phone_numbers_refuse_transition),
--   and the line of an available number is never written.
>>>>>>> w2
--
-- Nothing is on until settings.callback_default, settings.caller_name_listing, or a callback_number
-- in the settings of an organization is set: no row, no request to Telnyx. No registration comes
-- here: an available number is neutral already.
--
-- Lock order: phone_numbers, lines. The worker's steps lock a line first, and then a number by
-- `skip locked` only.

create table phone_pool.lines (
  phone_number_id uuid constraint lines_pkey primary key
    constraint lines_number_exists references public.phone_numbers (id),
  version int not null default 1,
  organization_id uuid,
  forward_to text constraint lines_forward_to_is_e164 check (forward_to ~ '^\+1[0-9]{10}$'),
  caller_name text constraint lines_caller_name_is_cnam
    check (caller_name ~ '^[A-Z][A-Z0-9 ]{0,14}$' and caller_name !~ ' $'),
  reason text not null,
  wanted_since timestamptz not null,
  seen_forward_to text,
  seen_caller_name text,
  seen_at timestamptz,
  was_named boolean not null default false,
  sent_at timestamptz,
  sent_version int,
  unanswered_at timestamptz,
  attempts int not null default 0,
  next_attempt_at timestamptz,
  claim_token uuid,
  lease_until timestamptz,
  last_error text,
  is_applied boolean not null generated always as (seen_at is not null
    and forward_to is not distinct from seen_forward_to
    and caller_name is not distinct from seen_caller_name) stored,
  is_neutral boolean not null generated always as (seen_at is not null
    and seen_forward_to is null and seen_caller_name is null and sent_at is null
    and (unanswered_at is null or seen_at - unanswered_at >= interval '15 minutes')) stored,
  constraint lines_lease_has_a_token check ((lease_until is null) = (claim_token is null)),
  constraint lines_are_of_an_organization
    check (organization_id is not null or (forward_to is null and caller_name is null))
);
comment on table phone_pool.lines is
  'Where calls to a number are to be put through to, the name it is to show, and what Telnyx was '
  'last seen to have. No row: never written to.';
comment on column phone_pool.lines.version is 'Counts what it had to be.';
comment on column phone_pool.lines.organization_id is
  'Whose line it is to be; null: nobody''s. No foreign key: a line outlives the organization.';
comment on column phone_pool.lines.reason is 'Why it is to be so.';
comment on column phone_pool.lines.seen_at is
  'When Telnyx was last seen to have seen_forward_to and seen_caller_name; null: never.';
comment on column phone_pool.lines.was_named is 'A name was ever written or seen.';
comment on column phone_pool.lines.sent_at is
  'A worker may have sent a request since then, and its answer is not recorded.';
comment on column phone_pool.lines.sent_version is 'What that request would make it.';
comment on column phone_pool.lines.unanswered_at is
  'The latest request before that whose effect was not seen: it may still be done.';
comment on column phone_pool.lines.next_attempt_at is
  'When Telnyx is asked next; what is as it should be is looked at once a day.';
create index lines_due on phone_pool.lines (next_attempt_at, phone_number_id);
create index lines_not_applied on phone_pool.lines (wanted_since) where not is_applied;
alter table phone_pool.lines enable row level security;
grant select on phone_pool.lines to service_role;

create function phone_pool.tg_lines__stay_neutral()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'DELETE' or not new.is_neutral and exists (
    select from public.phone_numbers n where n.id = new.phone_number_id and n.status = 'available'
  ) then
    perform phone_pool.raise_error('line_not_clear', lower(tg_op) || ' on lines');
  end if;
  return null;
end
$$;
comment on function phone_pool.tg_lines__stay_neutral() is
  'Refuses to write to the line of an available number, which the next organization gets as it is, '
  'and to forget a line. Security definer: it must see all numbers.';

create trigger lines_stay_neutral after insert or update or delete on phone_pool.lines
  for each row execute function phone_pool.tg_lines__stay_neutral();
create trigger lines_refuse_truncate before truncate on phone_pool.lines
  for each statement execute function phone_pool.tg_any__refuse('line_not_clear');
-- Also where session_replication_role is replica, which postgres may set on Supabase.
alter table phone_pool.lines enable always trigger lines_stay_neutral;
alter table phone_pool.lines enable always trigger lines_refuse_truncate;

create function phone_pool.lines_are_on()
returns boolean
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select exists (select from phone_pool.lines) or exists (
    select from phone_pool.settings s
    where s.callback_default is not null or s.caller_name_listing);
$$;
comment on function phone_pool.lines_are_on() is
  'Whether any line is, or ever was, to be other than neutral. Security definer: triggers ask.';

create function phone_pool.line_allows(
  p_phone_number_id uuid,
  p_organization_id uuid default null
)
returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_is_neutral boolean;
begin
  -- Locked: a worker that is about to write finds the number as it will be, or is seen here.
  select l.is_neutral into v_is_neutral from phone_pool.lines l
  where l.phone_number_id = p_phone_number_id for share;
  if not found then
    v_is_neutral := not phone_pool.lines_are_on() or exists (
      select from public.phone_numbers n
      where n.id = p_phone_number_id and n.purchase_id is not null);
  end if;
  return v_is_neutral or coalesce(p_organization_id = (
    select t.organization_id from phone_pool.tenures t
    where t.phone_number_id = p_phone_number_id and not upper_inf(t.held)
    order by lower(t.held) desc limit 1), false);
end
$$;
comment on function phone_pool.line_allows(uuid, uuid) is
  'Whether the number may become available, or assigned to this organization: its line is neutral, '
  'or the organization is the one that held it last. Security definer: triggers ask.';

create function phone_pool.callback_refusal(p_phone text, out phone_number text, out refusal text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  phone_number := '+1' || phone_pool.phone_digits(p_phone);
  -- A number of the pool would come round to its own line, or to another clinic's.
  refusal := phone_pool.destination_refusal(phone_number);
end
$$;
comment on function phone_pool.callback_refusal(text) is
  'The number in E.164 form, and why calls are not put through to it; null when they may be: the '
  'rule is the one for callees.';

create function phone_pool.listed_names()
returns table (organization_id uuid, caller_name text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with named as (
    select o.id, phone_pool.plain_name(to_jsonb(o) ->> 'name') as own,
      phone_pool.plain_name(coalesce(nullif(btrim(o.settings ->> 'caller_name'), ''),
        to_jsonb(o) ->> 'name')) as wanted
    from public.organizations o
  ),
  cut as (
    select n.id, n.own, phone_pool.cut_name(n.own) as own_cut,
      phone_pool.cut_name(n.wanted) as listed
    from named n
  ),
  -- How many organizations a name may be taken for.
  taken as (
    select w.name, count(distinct w.id) as times
    from (
      select c.id, c.own as name from cut c union all select c.id, c.own_cut from cut c
      union all select c.id, c.listed from cut c
    ) w
    where w.name is not null group by w.name
  )
  select c.id, c.listed from cut c join taken t on t.name = c.listed
  where t.times = 1 or c.listed = c.own;
$$;
comment on function phone_pool.listed_names() is
  'The name that each organization lists: settings.caller_name, else its own. One that was cut or '
  'chosen and may be taken for another organization''s is not listed.';

create function phone_pool.plain_name(p_name text)
returns text
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  select nullif(btrim(regexp_replace(upper(regexp_replace(regexp_replace(
    normalize(regexp_replace(regexp_replace(replace(replace(
      translate(p_name, 'øØłŁđĐðÐıħĦ', 'oOlLdDdDihH'),
      'ß', 'ss'), '&', ' and '), '[æÆ]', 'ae', 'g'), '[œŒ]', 'oe', 'g'), nfkd),
    U&'[\0300-\036F''\2019.]', '', 'g'), '[^A-Za-z0-9]+', ' ', 'g') collate "C"),
    ' +', ' ', 'g')), '');
$$;
comment on function phone_pool.plain_name(text) is
  'A name in capital letters, digits and spaces: accents and apostrophes go, & is AND, what has no '
  'such letter is a space.';

create function phone_pool.cut_name(p_plain_name text)
returns text
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  -- At a word's end, unless the first word is longer. A name begins with a letter.
  select case when c.name ~ '^[A-Z]' then c.name end
  from (select btrim(case when length(p_plain_name) <= 15 then p_plain_name
    else coalesce(substring(left(p_plain_name, 16) from '^(.*) '), left(p_plain_name, 15)) end)
    as name) c;
$$;
comment on function phone_pool.cut_name(text) is
  'The words of a plain_name() that fit into 15 characters; null where that is no name.';

create function phone_pool.desired_lines(p_phone_number_ids uuid[])
returns table (
  phone_number_id uuid, organization_id uuid, forward_to text, caller_name text, reason text
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
declare
  v_now timestamptz := phone_pool.clock();
  v_settings phone_pool.settings;
  v_default record;
begin
  select * into strict v_settings from phone_pool.settings;
  v_default := phone_pool.callback_refusal(v_settings.callback_default);
  return query
  with numbers as (
    select n.id, n.status, case
      when n.status = 'assigned' then n.organization_id
      -- Nobody can know a number that was not used: its line is cleared at once.
      when n.status = 'suspended' and not t.is_unused and v_now < case
        when t.is_replaced then t.quarantine_until
        else least(t.quarantine_until,
          upper(t.held) + make_interval(days => v_settings.callback_after_leaving_days)) end
        then t.organization_id end as theirs,
      -- A row of that id that came after the deleted one may be another clinic.
      n.status = 'assigned' or t.deleted_as is null as has_row
    from public.phone_numbers n
    left join lateral (
      select l.* from phone_pool.tenures l where l.phone_number_id = n.id and not upper_inf(l.held)
      order by lower(l.held) desc limit 1
    ) t on n.status = 'suspended'
    where n.id = any (p_phone_number_ids)
  ),
  names as materialized (
    select a.* from phone_pool.listed_names() a where v_settings.caller_name_listing
  ),
  chosen as (
    select n.id, n.theirs, n.status, o.id is not null as has_row, l.forward_to as kept,
      o.settings ->> 'callback_number' as own, c.phone_number, c.refusal, a.caller_name
    from numbers n
    left join public.organizations o on o.id = n.theirs and n.has_row
    left join phone_pool.lines l on l.phone_number_id = n.id and l.organization_id = n.theirs
    left join names a on a.organization_id = n.theirs and n.status = 'assigned'
    left join lateral phone_pool.callback_refusal(o.settings ->> 'callback_number') c
      on o.settings ->> 'callback_number' is not null
  ),
  lines as (
    select c.*, case
      when c.theirs is null then null
      when not c.has_row then c.kept
      when c.own is not null and c.refusal is null then c.phone_number
      when v_default.refusal is null then v_default.phone_number end as target
    from chosen c
  )
  select l.id, case when l.target is not null or l.caller_name is not null then l.theirs end,
    l.target, l.caller_name, case
      when l.theirs is null then l.status || ', of no organization'
      when not l.has_row then 'as it was when the organization was deleted'
      when l.refusal is not null then 'callback_number: ' || l.refusal
      when l.own is not null then 'callback_number of the organization'
      when v_settings.callback_default is null then 'no callback_number'
      when v_default.refusal is not null then 'settings.callback_default: ' || v_default.refusal
      else 'settings.callback_default' end
  from lines l;
end
$$;
comment on function phone_pool.desired_lines(uuid[]) is
  'The rule: what the line of each number must be now, by its tenure, the settings and its '
  'quarantine. Where the organization''s row was deleted: as it was then.';
