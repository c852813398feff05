-- An organization is back: its own number while that rests, else a number or a place in the queue
-- like every other, see give_number().
--
-- It is the same organization if its row was there all the time. A row that was deleted and
-- inserted again is the same one if it has the created_at and slug of the deleted row, or if the
-- role that inserts it bypasses row security: where clients may choose ids, nobody takes over the
-- number of a deleted clinic by its id alone.
--
-- Lock order: organizations (by the caller), phone_numbers, tenures.

create function phone_pool.tg_organizations__follow_status()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set jit = off
-- The number may be locked by a call that is being permitted: the sweep catches up.
set lock_timeout = '2s'
as $$
declare
  v_inactive text[];
  v_has_left boolean;
begin
  select s.inactive_statuses into strict v_inactive from phone_pool.settings s;
  v_has_left := coalesce(new.subscription_status, '') = any (v_inactive);
  if v_has_left = (coalesce(old.subscription_status, '') = any (v_inactive)) then
    return null;
  elsif v_has_left then
    perform phone_pool.suspend_numbers(
      array[new.id], 'subscription_status ' || new.subscription_status);
  elsif phone_pool.is_own_phone(new.phone)
    or exists (select from phone_pool.organizations_without_number w
      where w.organization_id = new.id) then
    return null;
  else
    perform phone_pool.give_number(new.id, phone_pool.wanted_area_code(new.settings));
  end if;
  return null;
exception when others then
  raise warning 'phone_pool could not follow subscription_status: %', sqlerrm
    using hint = 'The organization is updated; the sweep will catch up.';
  perform set_config('lock_timeout', '100ms', true);
  perform phone_pool.raise_alert(
    case when v_has_left then 'churn_failed' else 'assignment_failed' end, sqlerrm, new.id::text);
  if not v_has_left then
    begin
      perform phone_pool.enqueue_organizations(
        array[new.id], array[phone_pool.wanted_area_code(new.settings)]);
    exception when others then
      raise warning 'phone_pool could not note that a phone number is wanted: %', sqlerrm;
    end;
  end if;
  return null;
end
$$;
comment on function phone_pool.tg_organizations__follow_status() is
  'An organization that leaves gives up its number; one that comes back gets it again. Never '
  'fails the update. Security definer: see tg_organizations__suspend_phone_numbers.';
