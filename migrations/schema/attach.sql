-- What touches the application's table: foreign keys to it and triggers on it, and the job that
-- runs when all is there. A migration of its own, so that the table is locked for milliseconds.

-- Who writes to organizations queues behind these locks, so a busy table is not waited for.
set local lock_timeout = '150ms';

alter table public.phone_numbers add constraint phone_numbers_organization_exists
  foreign key (organization_id) references public.organizations (id) deferrable initially deferred;
alter table phone_pool.number_requests add constraint number_requests_organization_exists
  foreign key (organization_id) references public.organizations (id) on delete cascade;
alter table phone_pool.organizations_without_number
  add constraint organizations_without_number_exist
  foreign key (organization_id) references public.organizations (id) on delete cascade;

create trigger organizations_assign_phone_numbers after insert on public.organizations
  referencing new table as new_organizations
  for each statement execute function phone_pool.tg_organizations__assign_phone_numbers();

-- No column list: a BEFORE trigger of the application may write the phone. A registration, which
-- writes the first phone from within a trigger, does not come here.
create trigger organizations_keep_phone before update on public.organizations
  for each row when (new.phone is distinct from old.phone
    and (old.phone is not null or pg_trigger_depth() = 0))
  execute function phone_pool.tg_organizations__keep_phone();

create trigger organizations_suspend_phone_numbers after delete on public.organizations
  referencing old table as old_organizations
  for each statement execute function phone_pool.tg_organizations__suspend_phone_numbers();

create trigger organizations_defer_number_check before delete on public.organizations
  for each statement execute function phone_pool.tg_organizations__defer_number_check();

-- No column list: a BEFORE trigger of the application may set the status. The condition makes that
-- free for every other update, such as those of organizations.phone by the pool itself.
create trigger organizations_follow_status after update on public.organizations
  for each row when (old.subscription_status is distinct from new.subscription_status)
  execute function phone_pool.tg_organizations__follow_status();

-- From now on it is expected to run: admin_pool_health says stalled when it does not.
select phone_pool.beat('sweep'), phone_pool.beat('installation');

select cron.schedule('phone-pool-sweep', '* * * * *', 'select phone_pool.sweep()');
