-- Phones are compared by their digits, because applications write them as people do: (212)
-- 555-0100, 212.555.0100 x12, +1 212 555 0100. No digits is no phone.

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
