-- Numbers to give back to Telnyx, and those given back. A row is written with the change of the
-- number to `released`, in the same transaction and by nobody else; Telnyx hears of it only
-- afterwards (Edge Function release-numbers), so that an assigned or quarantined number cannot be
-- deleted. `released` is final, so a worker that dies anywhere leaves nothing to undo: the lease
-- runs out and the next one deletes again, until Telnyx says that the number is gone.
--
--   due ──claim_number_releases──▶ leased ──▶ gone_at     (rented until then)
--                                    └──record_number_release_failure──▶ due later, and an alert

create table phone_pool.carrier_releases (
  phone_number_id uuid constraint carrier_releases_pkey primary key
    constraint carrier_releases_number_exists references public.phone_numbers (id),
  monthly_cost numeric(12, 5) not null,
  attempts int not null default 0,
  next_attempt_at timestamptz not null,
  lease_until timestamptz,
  claim_token uuid,
  last_error_class text,
  last_error text,
  requested_at timestamptz not null,
  gone_at timestamptz,
  constraint carrier_releases_lease_has_a_token check
    ((lease_until is null) = (claim_token is null)),
  constraint carrier_releases_gone_are_not_leased check (gone_at is null or lease_until is null)
);
comment on table phone_pool.carrier_releases is
  'Numbers given back to Telnyx: still rented until gone_at.';
comment on column phone_pool.carrier_releases.monthly_cost is 'The rent that ends with it.';
comment on column phone_pool.carrier_releases.gone_at is
  'When Telnyx answered that the number is gone; null: still to be deleted.';
create index carrier_releases_due on phone_pool.carrier_releases (next_attempt_at, phone_number_id)
  where gone_at is null;
alter table phone_pool.carrier_releases enable row level security;
grant select on phone_pool.carrier_releases to service_role;

-- What was rented in a month and is no longer.
create index carrier_releases_gone on phone_pool.carrier_releases (gone_at)
  where gone_at is not null;

create function phone_pool.tg_carrier_releases__only_released()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (
    select from public.phone_numbers n where n.id = new.phone_number_id and n.status = 'released'
  ) then
    perform phone_pool.raise_error('transition_refused', 'only released numbers are given back');
  end if;
  return new;
end
$$;
comment on function phone_pool.tg_carrier_releases__only_released() is
  'Refuses to delete a number that is not released; as released is final, checking once will do. '
  'Security definer: it must see all numbers.';

create trigger carrier_releases_only_released before insert or update of phone_number_id
  on phone_pool.carrier_releases
  for each row execute function phone_pool.tg_carrier_releases__only_released();

create function phone_pool.tg_carrier_releases__count_rent()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_sign int := case when new.gone_at is null then 1 else -1 end;
begin
  insert into phone_pool.rent_changes (numbers, monthly_cost)
  values (v_sign, v_sign * new.monthly_cost);
  return null;
end
$$;
comment on function phone_pool.tg_carrier_releases__count_rent() is
  'A number is rented until it is gone at Telnyx. Security definer: only triggers write it.';

create trigger carrier_releases_count_rent after update on phone_pool.carrier_releases
  for each row when ((old.gone_at is null) <> (new.gone_at is null))
  execute function phone_pool.tg_carrier_releases__count_rent();

create trigger releases_claimed_is_a_heartbeat
  after update of claim_token on phone_pool.carrier_releases
  for each row
  when (new.claim_token is not null and new.claim_token is distinct from old.claim_token)
  execute function phone_pool.tg_heartbeats__beat();
alter table phone_pool.carrier_releases enable always trigger carrier_releases_only_released;
