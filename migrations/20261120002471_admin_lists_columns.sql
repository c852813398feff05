-- What the columns of the lists mean: see 20261120002470.

comment on column public.admin_phone_numbers.phone_number is 'E.164.';
comment on column public.admin_phone_numbers.status is
  'available: in the pool. assigned. suspended: in quarantine. released: given back to Telnyx.';
comment on column public.admin_phone_numbers.organization_id is 'Who has it now.';
comment on column public.admin_phone_numbers.organization_name is 'Who has it now.';
comment on column public.admin_phone_numbers.assigned_at is 'When it was assigned last.';
comment on column public.admin_phone_numbers.area_code is 'Of the number.';
comment on column public.admin_phone_numbers.monthly_cost_usd is 'Rent a month.';
comment on column public.admin_phone_numbers.purchased_at is 'When it became ours.';
comment on column public.admin_phone_numbers.suspended_until is 'End of its quarantine.';
comment on column public.admin_phone_numbers.suspended_reason is
  'Why it rests, or is held back (suspended_until is infinity then).';
comment on column public.admin_phone_numbers.carrier_status is
  'What Telnyx last said of it: active; gone; another word; null: not compared yet.';
comment on column public.admin_phone_numbers.retired_at is
  'Since when it is never to be assigned again.';
comment on column public.admin_phone_numbers.retire_reason is 'Why.';
comment on column public.admin_phone_numbers.released_at is 'When it was given up.';
comment on column public.admin_phone_numbers.gone_at_telnyx_at is
  'When Telnyx had deleted it: until then it is billed.';
comment on column public.admin_phone_numbers.waiting_for is 'What has to come before it goes on.';
comment on column public.admin_phone_numbers.next_attempt_at is 'When that is due.';
comment on column public.admin_phone_numbers.telnyx_phone_number_id is 'Its id at Telnyx.';
comment on column public.admin_phone_numbers.purchase_id is
  'How it was bought, see admin_purchases; null: added by hand.';
comment on column public.admin_phone_numbers.id is 'Of public.phone_numbers.';

comment on column public.admin_waiting_organizations.place is
  'Ordered by it they are served; not counted from 1. Null: it does not wait.';
comment on column public.admin_waiting_organizations.organization_id is 'Who waits.';
comment on column public.admin_waiting_organizations.organization_name is 'Who waits.';
comment on column public.admin_waiting_organizations.waiting_since is 'When it asked.';
comment on column public.admin_waiting_organizations.waiting_for is 'What has to come first.';
comment on column public.admin_waiting_organizations.stuck_since is
  'Set when it waits for longer than settings.alert_waiting_after.';
comment on column public.admin_waiting_organizations.next_attempt_at is
  'When a purchase that would serve it is due; null: none is planned.';
comment on column public.admin_waiting_organizations.area_code is
  'Only this area code will do; null: any number.';
comment on column public.admin_waiting_organizations.wanted_area_code is
  'What it asked for at first.';
comment on column public.admin_waiting_organizations.attempts is
  'Failed attempts of the purchase made for it.';
comment on column public.admin_waiting_organizations.last_error is 'What went wrong last.';
comment on column public.admin_waiting_organizations.replaces is
  'The number that it has, and keeps until it gets another; null: it has none.';
comment on column public.admin_waiting_organizations.purchase_id is
  'The purchase made for it, see admin_purchases; null: it takes what the pool gets.';

comment on column public.admin_purchases.id is
  'Also the customer_reference of the order at Telnyx.';
comment on column public.admin_purchases.status is
  'asked, planned, ordering, ordered, owned; failed or cancelled: nothing was bought.';
comment on column public.admin_purchases.reason is
  'low_water: for the pool; area_code: for an organization; requested: order_phone_numbers().';
comment on column public.admin_purchases.waiting_for is 'What has to come before it goes on.';
comment on column public.admin_purchases.stuck_since is
  'Set when it was planned 15 minutes ago and is not done.';
comment on column public.admin_purchases.next_attempt_at is 'When it is due.';
comment on column public.admin_purchases.phone_number is 'The number chosen.';
comment on column public.admin_purchases.area_code is 'Where it is bought now; null: anywhere.';
comment on column public.admin_purchases.wanted_area_code is 'Where it was to be bought at first.';
comment on column public.admin_purchases.organization_id is 'For whom; null: for the pool.';
comment on column public.admin_purchases.organization_name is 'For whom.';
comment on column public.admin_purchases.attempts is 'Failures so far.';
comment on column public.admin_purchases.last_error_class is 'What kind of failure came last.';
comment on column public.admin_purchases.last_error is 'What Telnyx said.';
comment on column public.admin_purchases.monthly_cost_usd is
  'Rent a month: expected, then the real one.';
comment on column public.admin_purchases.upfront_cost_usd is 'Paid once.';
comment on column public.admin_purchases.telnyx_order_id is 'The order at Telnyx.';
comment on column public.admin_purchases.planned_at is 'When it was decided on.';
comment on column public.admin_purchases.chosen_at is 'When the number was written down.';
comment on column public.admin_purchases.ordered_at is 'When Telnyx had taken the order.';
comment on column public.admin_purchases.owned_at is 'When the number was ours.';
comment on column public.admin_purchases.ended_at is 'When it was given up.';
comment on column public.admin_purchases.outcome_unknown_since is
  'Since when it is not known whether Telnyx has carried out the order.';
