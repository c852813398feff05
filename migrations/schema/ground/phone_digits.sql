-- Phones are compared by their digits, because applications write them as people do: (212)
-- 555-0100, 212.555.0100 x12, +1 212 555 0100. No digits is no phone.
--
-- Whether two are the same is one question. Whether a number may be somebody's is another, and
-- leans to yes: 212-555-0100 / 212-555-0101, 001 212 555 0100, (212) 555-0100 option 2.

create function phone_pool.phone_digits(p_phone text)
returns text
language sql
immutable
strict
set search_path = pg_catalog, pg_temp
as $$
  -- An extension is not part of the number; a leading 1 of eleven digits is the country code.
  select nullif(regexp_replace(regexp_replace(regexp_replace(
    p_phone, '^([^0-9]*[0-9][^xX#;,]*)[xX#;,].*$', '\1'), '[^0-9]', '', 'g'),
    '^1([0-9]{10})$', '\1'), '');
$$;
comment on function phone_pool.phone_digits(text) is
  'What a phone is compared by: 2125550100 for (212) 555-0100 and +12125550100; null when it has '
  'no digits, such as '''' or ''N/A''.';

create function phone_pool.may_show(p_phone text, p_phone_number text)
returns boolean
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  -- Most stand there in E.164 form: twelve characters, which are that number or another one.
  select case when p_phone like '+1__________' then p_phone = p_phone_number
    else strpos(regexp_replace(
      translate(p_phone, '０１２３４５６７８９', '0123456789'), '[^0-9]', '', 'g'),
      right(p_phone_number, 10)) > 0 end;
$$;
comment on function phone_pool.may_show(text, text) is
  'Whether the ten digits of p_phone_number (E.164) stand in a phone as people write them, with an '
  'extension, a second phone or another prefix beside them. Null for no phone.';
