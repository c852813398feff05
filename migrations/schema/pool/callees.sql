-- Whom each organization has called with which number, so that a number is not given to another
-- clinic that calls the same patients: they would take it for the old one.
--
-- No phone number of a patient is kept, only its HMAC-SHA-256 with a key from Vault
-- (phone_pool_callee_key, made below if there is none). Without the key the ten billion numbers of
-- the US could be tried out in minutes. Lost key: old hashes match nothing any more, no call fails.
--
-- An organization just inserted has called nobody, so the trigger on organizations never looks
-- here: it asks claim_number() for those that have held a number before.

create extension if not exists pgcrypto with schema extensions;

do $$
begin
  -- By name: one that cannot be decrypted (a copied project) is there all the same.
  if not exists (select from vault.secrets s where s.name = 'phone_pool_callee_key') then
    perform vault.create_secret(
      encode(extensions.gen_random_bytes(32), 'hex'), 'phone_pool_callee_key',
      'phone-pool: key of the hashes of called numbers. Do not change it.');
  end if;
end
$$;

create table phone_pool.callees (
  tenure_id bigint not null constraint callees_tenure_exists references phone_pool.tenures (id),
  callee_hash bytea not null
    constraint callees_hash_is_sha256 check (length(callee_hash) = 32),
  phone_number_id uuid not null
    constraint callees_phone_number_exists references public.phone_numbers (id),
  organization_id uuid not null,
  first_called_at timestamptz not null,
  constraint callees_pkey primary key (tenure_id, callee_hash)
);
comment on table phone_pool.callees is
  'Keyed hashes of the numbers that an organization called with a number.';
create index callees_by_organization on phone_pool.callees (organization_id, callee_hash);
create index callees_by_phone_number on phone_pool.callees (phone_number_id, callee_hash);
alter table phone_pool.callees enable row level security;
grant select on phone_pool.callees to service_role;

create function phone_pool.callee_hash(p_phone_number text, p_key text)
returns bytea
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  select extensions.hmac(convert_to(p_phone_number, 'UTF8'), convert_to(p_key, 'UTF8'), 'sha256');
$$;
comment on function phone_pool.callee_hash(text, text) is
  'What is kept of a called or calling number (E.164): its HMAC-SHA-256. Null without a key.';

create function phone_pool.note_callee(p_phone_number_id uuid, p_callee text)
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_key text;
begin
  -- Not where it is declared: a Vault that cannot decrypt raises, and the handler below is not
  -- there yet.
  v_key := phone_pool.vault_secret('phone_pool_callee_key');
  if v_key is null then
    perform phone_pool.raise_alert('callee_key_missing',
      'Vault has no secret phone_pool_callee_key: numbers cannot be kept apart by callee');
    return;
  end if;
  insert into phone_pool.callees
    (tenure_id, callee_hash, phone_number_id, organization_id, first_called_at)
  select t.id, phone_pool.callee_hash(p_callee, v_key),
    t.phone_number_id, t.organization_id, phone_pool.clock()
  from phone_pool.tenures t
  where t.phone_number_id = p_phone_number_id and upper_inf(t.held)
  on conflict on constraint callees_pkey do nothing;
exception when others then
  -- The call is more important than this note of it.
  raise warning 'phone_pool could not note a callee: %', sqlerrm;
  perform phone_pool.raise_alert('callee_not_noted', sqlerrm, sqlstate);
end
$$;
comment on function phone_pool.note_callee(uuid, text) is
  'Remembers, as a keyed hash, that the number''s holder now calls p_callee (E.164). Never '
  'fails: a missing key or any error leaves an alert. Security definer: reads Vault.';

create function phone_pool.shares_callees(p_organization_id uuid, p_phone_number_id uuid)
returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select from phone_pool.callees theirs
    join phone_pool.callees ours on ours.callee_hash = theirs.callee_hash
      and ours.organization_id = p_organization_id
    where theirs.phone_number_id = p_phone_number_id
      and theirs.organization_id <> p_organization_id
  );
$$;
comment on function phone_pool.shares_callees(uuid, uuid) is
  'Whether the organization has called somebody whom an earlier holder called with this number.';

create function phone_pool.is_unwelcome(p_organization_id uuid, p_phone_number_id uuid)
returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select phone_pool.shares_callees(p_organization_id, p_phone_number_id) or exists (
    select from phone_pool.tenures t
    where t.phone_number_id = p_phone_number_id and t.organization_id = p_organization_id
      and t.is_replaced);
$$;
comment on function phone_pool.is_unwelcome(uuid, uuid) is
  'Whether the organization should get another number than this one, because patients of its own '
  'know it as that of another, or because it was replaced for it.';
