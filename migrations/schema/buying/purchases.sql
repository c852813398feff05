-- Durable intents to buy one number each. The row, with the budget it reserves, is committed before
-- Telnyx hears of it; its id is the order's customer_reference.
--
--   asked ──plan──▶ planned ──choose──▶ ordering ──▶ ordered ──▶ owned
--     │                ▲                   │            │
--     │                └── number proven taken by somebody else, or the order failed
--     └─▶ cancelled (the caps do not allow it)
--   planned ──▶ failed (gave up, nothing bought) · cancelled (no longer wanted)
--
-- Asked is a wish that reserves nothing: anybody may write it in a transaction of their own, which
-- may last. Planning is done by the planner alone (see planner), in its own short transaction.
--
-- While it is ordering or ordered the outcome may be unknown: phone_number is written down and a
-- retry orders that same number, which cannot be bought twice. It is never given up, only asked
-- about less often, so that nothing can be bought and forgotten.
--
-- Lock order: a row of purchases, then the planner's row (choose_purchase_number). A planner never
-- waits for a row of purchases.

create table phone_pool.purchases (
  id uuid not null default gen_random_uuid() constraint purchases_pkey primary key,
  status text not null default 'planned'
    constraint purchases_status_is_known check
      (status in ('asked', 'planned', 'ordering', 'ordered', 'owned', 'failed', 'cancelled')),
  reason text not null
    constraint purchases_reason_is_known check (reason in ('low_water', 'area_code', 'requested')),
  area_code text
    constraint purchases_area_code_is_nanp check (area_code ~ '^[2-9][0-9]{2}$'),
  wanted_area_code text
    constraint purchases_wanted_area_code_is_nanp check (wanted_area_code ~ '^[2-9][0-9]{2}$'),
  organization_id uuid,
  phone_number text
    constraint purchases_phone_number_is_e164 check (phone_number ~ '^\+[1-9][0-9]{6,14}$'),
  refused_numbers text[] not null default '{}',
  telnyx_order_id text,
  monthly_cost numeric(12, 5) not null
    constraint purchases_monthly_cost_is_not_negative check (monthly_cost >= 0),
  upfront_cost numeric(12, 5)
    constraint purchases_upfront_cost_is_not_negative check (upfront_cost >= 0),
  attempts int not null default 0,
  next_attempt_at timestamptz not null,
  lease_until timestamptz,
  claim_token uuid,
  last_error_class text,
  last_error text,
  planned_at timestamptz not null,
  chosen_at timestamptz,
  outcome_unknown_since timestamptz,
  ordered_at timestamptz,
  owned_at timestamptz,
  ended_at timestamptz,
  constraint purchases_ordering_has_a_number check
    ((status in ('ordering', 'ordered', 'owned')) = (phone_number is not null)),
  constraint purchases_ordering_since check ((phone_number is null) = (chosen_at is null)),
  constraint purchases_ordered_has_an_order check
    (status <> 'ordered' or (telnyx_order_id is not null and ordered_at is not null)),
  constraint purchases_owned_since check ((status = 'owned') = (owned_at is not null)),
  constraint purchases_ended_at check
    ((status in ('failed', 'cancelled')) = (ended_at is not null)),
  constraint purchases_lease_has_a_token check ((lease_until is null) = (claim_token is null))
);
comment on table phone_pool.purchases is 'Durable intents to buy a number, one number each.';
comment on column phone_pool.purchases.id is 'Also the customer_reference of the order at Telnyx.';
comment on column phone_pool.purchases.reason is
  'low_water: for the pool; area_code: for organization_id; requested: order_phone_numbers().';
comment on column phone_pool.purchases.area_code is 'The area code to buy in now; null: any.';
comment on column phone_pool.purchases.wanted_area_code is
  'The area code that was asked for, when area_code had to be widened to another.';
comment on column phone_pool.purchases.organization_id is
  'Who waits for this number; null: the pool. No foreign key: the ledger survives the customer.';
comment on column phone_pool.purchases.phone_number is
  'The number chosen, written down before it is ordered.';
comment on column phone_pool.purchases.refused_numbers is
  'Numbers that were proven to belong to somebody else: not to be chosen again.';
comment on column phone_pool.purchases.monthly_cost is
  'US dollars a month: expected when planned, the price from the search once chosen.';
comment on column phone_pool.purchases.attempts is 'Failures until it is owned.';
comment on column phone_pool.purchases.planned_at is
  'When it was planned; while asked, when that was.';
comment on column phone_pool.purchases.outcome_unknown_since is
  'When the latest order of the chosen number was sent of which nobody knows what became.';
comment on column phone_pool.purchases.claim_token is
  'Its holder may write this row until lease_until.';
create index purchases_in_flight on phone_pool.purchases (next_attempt_at, id)
  where status in ('planned', 'ordering', 'ordered');
create index purchases_asked on phone_pool.purchases (planned_at, id) where status = 'asked';
create index purchases_by_organization on phone_pool.purchases (organization_id)
  where organization_id is not null and status in ('planned', 'ordering', 'ordered');

-- One number is chosen by one purchase only.
create unique index purchases_choose_a_number_once on phone_pool.purchases (phone_number)
  where phone_number is not null;

-- Has buying failed since it last succeeded? See buying_pause().
create index purchases_by_failure on phone_pool.purchases (ended_at) where status = 'failed';
create index purchases_by_success on phone_pool.purchases (owned_at) where status = 'owned';

-- Which area codes had nothing to sell of late? See area_codes_to_buy().
create index purchases_widened on phone_pool.purchases (wanted_area_code, planned_at)
  where area_code is distinct from wanted_area_code;
alter table phone_pool.purchases enable row level security;
grant select on phone_pool.purchases to service_role;
create index purchases_by_plan on phone_pool.purchases (planned_at desc, id);

create trigger purchases_claimed_is_a_heartbeat after update of claim_token on phone_pool.purchases
  for each row
  when (new.claim_token is not null and new.claim_token is distinct from old.claim_token)
  execute function phone_pool.tg_heartbeats__beat();
