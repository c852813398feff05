-- What is broken, and what to do.

create view public.admin_alerts with (security_invoker = true) as
select
  a.id,
  a.kind,
  k.severity,
  case when a.closed_at is not null then 'closed' when a.quiet_since is not null then 'quiet'
    else 'open' end as state,
  a.subject,
  k.what,
  a.message,
  a.occurrences,
  a.opened_at,
  a.last_seen_at,
  a.quiet_since,
  a.closed_at,
  k.runbook,
  (select n.acknowledged_at from phone_pool.alert_notices n
    where n.alert_id = a.id and n.change = 'opened') as told_at,
  (select n.acknowledged_at from phone_pool.alert_notices n
    where n.alert_id = a.id and n.change = 'closed') as told_over_at,
  (select n.last_error from phone_pool.alert_notices n
    where n.alert_id = a.id and n.acknowledged_at is null order by n.id limit 1) as telling_failed
from phone_pool.alerts a
left join phone_pool.alert_kinds k on k.kind = a.kind
order by a.id desc;
comment on view public.admin_alerts is
  'Every problem that was noticed, latest first. where state <> ''closed'': what is broken now.';
comment on column public.admin_alerts.id is 'Of the alert; also in the message that was posted.';
comment on column public.admin_alerts.severity is
  'critical: clinics feel it now; warning: they will; info: somebody should look some day.';
comment on column public.admin_alerts.state is
  'open; quiet: over, but not for long enough to be sure; closed.';
comment on column public.admin_alerts.subject is 'What it is about: an id, a job, an area code.';
comment on column public.admin_alerts.message is 'What was seen last.';
comment on column public.admin_alerts.quiet_since is 'Since when the problem is over.';
comment on column public.admin_alerts.runbook is
  'Section of the documentation that says what to do.';
comment on column public.admin_alerts.told_at is
  'When alert_webhook_url had acknowledged that it opened.';
comment on column public.admin_alerts.told_over_at is
  'When alert_webhook_url had acknowledged that it closed.';
comment on column public.admin_alerts.telling_failed is
  'Why it was not acknowledged yet, after an attempt.';
revoke all on public.admin_alerts from public, anon, authenticated, service_role;
grant select on public.admin_alerts to service_role;
