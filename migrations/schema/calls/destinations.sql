-- Which numbers are not called: one rule, here. The Edge Function only reads what was sent into
-- E.164; whether that is a patient's number is decided here, under the permit's lock.
--
-- A number that is possible but not assigned (+1555…) may be called: placeholders are such, and an
-- area code may be younger than the table. What is known to be abroad, to cost extra, to be an
-- emergency or short code, or to be one of our own is not called.

create table phone_pool.refused_exchanges (
  exchange text not null
    constraint refused_exchanges_are_digits check (exchange ~ '^[2-9][0-9]{2}$'),
  line text not null default ''
    constraint refused_exchanges_lines_are_digits check (line ~ '^([0-9]{4})?$'),
  what text not null,
  constraint refused_exchanges_pkey primary key (exchange, line)
);
comment on table phone_pool.refused_exchanges is
  'Exchanges that are a service in every area code. Source: ATIS-0300119, Central Office Code '
  'Assignment Guidelines, special use codes.';
comment on column phone_pool.refused_exchanges.line is 'Only this line of it; empty: every line.';
alter table phone_pool.refused_exchanges enable row level security;
grant select on phone_pool.refused_exchanges to service_role;

insert into phone_pool.refused_exchanges (exchange, line, what) values
  ('211', '', 'N11 code'), ('311', '', 'N11 code'), ('411', '', 'N11 code'),
  ('511', '', 'N11 code'), ('611', '', 'N11 code'), ('711', '', 'N11 code'),
  ('811', '', 'N11 code'), ('911', '', 'N11 code'),
  ('555', '1212', 'Directory assistance'),
  ('950', '', 'Carrier access'),
  ('958', '', 'Plant test'), ('959', '', 'Plant test'),
  ('976', '', 'Premium services');

create function phone_pool.destination_refusal(p_phone_number text)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_area_code text := substr(p_phone_number, 3, 3);
  v_kind text;
begin
  if p_phone_number ~ '^\+?[0-9]{2,6}$' then
    return 'Emergency and short codes are not called';
  elsif p_phone_number is null or p_phone_number !~ '^\+1[0-9]{10}$' then
    return 'Only numbers in the United States are called';
  elsif v_area_code <> '555' then
    select r.kind into v_kind from phone_pool.refused_area_codes r
    where r.area_code = v_area_code;
    if v_kind = 'abroad' then
      return 'Only numbers in the United States are called';
    elsif v_kind = 'service' or exists (
      select from phone_pool.refused_exchanges e
      where e.exchange = substr(p_phone_number, 6, 3)
        and e.line in ('', substr(p_phone_number, 9))
    ) then
      return 'Toll-free, premium and other service numbers are not called';
    elsif p_phone_number !~ '^\+1[2-9][0-9]{2}[2-9]' then
      return 'It is no North American number: area code and exchange begin with 2 to 9';
    end if;
  end if;
  if exists (
    select from public.phone_numbers n
    where n.phone_number = p_phone_number and n.status <> 'released'
  ) then
    return 'Numbers of the pool are not called';
  end if;
  return null;
end
$$;
comment on function phone_pool.destination_refusal(text) is
  'Why this number (E.164, or the digits of a short code) is not called, in words for the caller; '
  'null when it may be. The one rule: callers, seeds and settings ask it.';
