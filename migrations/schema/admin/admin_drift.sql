-- What is not the same at Telnyx and here.

create view public.admin_drift with (security_invoker = true) as
select
  d.kind as class,
  d.phone_number,
  d.monthly_cost as dollars_a_month,
  d.found_at as since,
  d.occurrences,
  d.is_safe as heals_itself,
  d.detail,
  d.last_error
from phone_pool.drifts d
where d.closed_at is null;
comment on view public.admin_drift is
  'What Telnyx bills or has and the pool does not agree with, since the last reconcile-carrier.';
comment on column public.admin_drift.class is
  'What kind of difference: see supabase/operate.md, drift_found.';
comment on column public.admin_drift.phone_number is 'E.164.';
comment on column public.admin_drift.occurrences is 'How often it was put right and came again.';
comment on column public.admin_drift.detail is 'What is there, and what should be.';
comment on column public.admin_drift.last_error is 'Why it could not be healed.';
comment on column public.admin_drift.dollars_a_month is
  'Rent of the number: paid without need, or, for gone_at_carrier, counted here and no longer '
  'paid.';
comment on column public.admin_drift.heals_itself is
  'False: a person must look, and the alert drift_found says so.';
revoke all on public.admin_drift from public, anon, authenticated, service_role;
grant select on public.admin_drift to service_role;
