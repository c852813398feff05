-- What a patient hears who calls a number back, and the name that it shows; and numbers that were
-- replaced, with whom they had called, so that an application can tell them.

create view public.admin_lines with (security_invoker = true) as
select
  n.phone_number,
  n.status,
  l.organization_id,
  l.forward_to,
  l.caller_name,
  l.reason,
  l.wanted_since as since,
  l.is_applied,
  case when not l.is_applied or not l.is_neutral and n.status = 'suspended'
      and n.suspended_until <= phone_pool.clock() then case
    when n.carrier_status = 'gone' then 'the number is not in the account any more'
    when l.last_error is not null then l.last_error
    when l.sent_at is not null or l.unanswered_at is not null
      then 'a request was not answered, and may still be done'
    when l.seen_at is null then 'Telnyx was not asked yet'
    else 'Telnyx has another line' end end as problem,
  l.seen_forward_to,
  l.seen_caller_name,
  l.seen_at,
  l.next_attempt_at
from phone_pool.lines l
join public.phone_numbers n on n.id = l.phone_number_id
order by n.phone_number;
comment on view public.admin_lines is
  'Where calls to each number are put through to and the name that it shows: what it must be, and '
  'what Telnyx was last seen to have. A number that is not listed was never written to.';
comment on column public.admin_lines.phone_number is 'E.164.';
comment on column public.admin_lines.status is 'Of the number.';
comment on column public.admin_lines.organization_id is 'Whose line it is; null: nobody''s.';
comment on column public.admin_lines.forward_to is 'Where calls are to go; null: nowhere.';
comment on column public.admin_lines.caller_name is 'The name that is to be listed; null: none.';
comment on column public.admin_lines.reason is 'Why it is to be so.';
comment on column public.admin_lines.since is 'Since when it is to be so.';
comment on column public.admin_lines.is_applied is 'Telnyx was seen to have it so.';
comment on column public.admin_lines.problem is 'Why it is not so yet; null: it is.';
comment on column public.admin_lines.seen_forward_to is
  'Where calls go, as Telnyx was last seen to have it; null: nowhere.';
comment on column public.admin_lines.seen_caller_name is
  'The name that Telnyx was last seen to list; null: none.';
comment on column public.admin_lines.seen_at is 'When Telnyx was last asked; null: never.';
comment on column public.admin_lines.next_attempt_at is 'When Telnyx is asked next.';
revoke all on public.admin_lines from public, anon, authenticated, service_role;
grant select on public.admin_lines to service_role;

create view public.admin_number_changes with (security_invoker = true) as
select
  t.organization_id,
  o.name as organization_name,
  b.phone_number as old_phone_number,
  n.phone_number as phone_number,
  upper(t.held) as changed_at,
  t.release_reason as reason,
  b.status as old_status,
  case when b.status = 'suspended' then l.seen_forward_to end as rings_through_to,
  case when b.status = 'suspended' then t.quarantine_until end as rings_through_until,
  c.callees,
  c.callee_hashes
from phone_pool.tenures t
join public.phone_numbers b on b.id = t.phone_number_id
left join public.organizations o on o.id = t.organization_id
left join public.phone_numbers n on n.organization_id = t.organization_id
left join phone_pool.lines l on l.phone_number_id = b.id
cross join lateral (
  select count(*) as callees, array_agg(encode(k.callee_hash, 'hex') order by k.callee_hash)
    as callee_hashes
  from phone_pool.callees k
  where k.tenure_id = t.id and k.first_called_at > phone_pool.clock() - interval '1 year'
) c
where t.is_replaced
order by upper(t.held) desc;
comment on view public.admin_number_changes is
  'Numbers that were replaced, latest first: what an application needs to tell the patients.';
comment on column public.admin_number_changes.organization_id is 'Whose number was replaced.';
<<<<<<< HEAD
comment on column public.admin_number_changes.old_phone_number is 'The number until then.';
comment on column public.admin_number_changes.changed_at is 'When it was replaced.';
=======
comment on column public.admin_number_changes.organization_name is
  'Its name; null: its row was deleted.';
comment on column public.admin_number_changes.old_phone_number is 'The number until then.';
comment on column public.admin_number_changes.changed_at is 'When it was replaced.';
comment on column public.admin_number_changes.reason is
  'Why it was replaced: what replace_phone_number() was told.';
>>>>>>> w2
comment on column public.admin_number_changes.old_status is 'Of the old number now.';
comment on column public.admin_number_changes.phone_number is
  'The number that the organization has now; null: none.';
comment on column public.admin_number_changes.rings_through_to is
  'Where calls to the old number go; null: nowhere, or not yet.';
comment on column public.admin_number_changes.rings_through_until is
  'How long they do: until the quarantine of the old number ends.';
comment on column public.admin_number_changes.callees is
  'How many phones the organization called with it in the last year, counted by their first call.';
comment on column public.admin_number_changes.callee_hashes is
  'Them: HMAC-SHA-256 of the number in E.164 form by the key phone_pool_callee_key of Vault, as '
  'hexadecimal digits. An application that hashes its patients'' numbers finds whom to tell.';
revoke all on public.admin_number_changes from public, anon, authenticated, service_role;
grant select on public.admin_number_changes to service_role;
