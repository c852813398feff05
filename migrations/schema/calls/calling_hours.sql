-- When a patient may be called: between calling_hours_from and calling_hours_to, local time where
-- the patient is (47 CFR 64.1200(c)(1) draws the line at 8 am and 9 pm).
--
-- Where that is, an area code tells only roughly. The patient's own time zone wins if the backend
-- names it. Otherwise it must be calling time in every zone in which the area code lies; for an
-- area code that is not known, in every zone of the country. What a signed-in user says comes from
-- a browser: it must be calling time there as well, so that it can only narrow the hours.

create function phone_pool.is_us_time_zone(p_time_zone text)
returns boolean
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  -- IANA time zone database, zone1970.tab and its links for US.
  select p_time_zone ~ ('^(US/(Eastern|Central|Mountain|Pacific|Alaska|Aleutian|Hawaii|Arizona'
    || '|Michigan|East-Indiana|Indiana-Starke)|Pacific/Honolulu'
    || '|America/(New_York|Detroit|Louisville|Indianapolis|Fort_Wayne|Chicago|Menominee|Denver'
    || '|Boise|Phoenix|Los_Angeles|Anchorage|Juneau|Sitka|Metlakatla|Yakutat|Nome|Adak'
    || '|Kentucky/(Louisville|Monticello)|North_Dakota/(Center|New_Salem|Beulah)'
    || '|Indiana/(Indianapolis|Vincennes|Winamac|Marengo|Petersburg|Vevay|Tell_City|Knox)))$');
$$;
comment on function phone_pool.is_us_time_zone(text) is
  'Whether it is the IANA name of a time zone of the United States: any other would be a way '
  'around the calling hours.';

create function phone_pool.time_zones_of(
  p_callee text,
  p_time_zone text,
  p_is_claim boolean,
  out time_zones text[],
  out source text
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_time_zone is not null and not p_is_claim then
    time_zones := array[p_time_zone];
    source := 'request';
    return;
  end if;
  select a.time_zones into time_zones from phone_pool.area_codes a
  where a.area_code = substr(p_callee, 3, 3);
  source := 'area_code';
  if not found then
    time_zones := array(
      select distinct z.zone from phone_pool.area_codes a, unnest(a.time_zones) z (zone));
    source := 'unknown_area_code';
  end if;
  if p_time_zone is not null and p_time_zone <> all (time_zones) then
    time_zones := time_zones || p_time_zone;
    source := 'area_code_and_claim';
  end if;
end
$$;
comment on function phone_pool.time_zones_of(text, text, boolean) is
  'The time zones in which the owner of the number may be, and how that is known. p_is_claim: a '
  'user names p_time_zone, not the backend; it is one more zone then.';

create function phone_pool.is_calling_time(
  p_time_zones text[],
  p_at timestamptz,
  p_from time,
  p_to time
)
returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select bool_and((p_at at time zone z.zone)::time >= p_from
    and (p_at at time zone z.zone)::time < p_to)
  from unnest(p_time_zones) z (zone);
$$;
comment on function phone_pool.is_calling_time(text[], timestamptz, time, time) is
  'Whether it is calling time at p_at in all of the zones; p_to itself is too late.';

create function phone_pool.calling_hours(
  p_callee text,
  p_time_zone text,
  p_at timestamptz,
  p_is_claim boolean default false,
  out is_open boolean,
  out retry_at timestamptz,
  out source text,
  out local_times jsonb
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_settings phone_pool.settings;
  v_zones text[];
begin
  select * into strict v_settings from phone_pool.settings;
  select t.time_zones, t.source into v_zones, source
  from phone_pool.time_zones_of(p_callee, p_time_zone, p_is_claim) t;
  select jsonb_object_agg(z.zone, to_char(p_at at time zone z.zone, 'YYYY-MM-DD HH24:MI:SS'))
  into local_times from unnest(v_zones) z (zone);
  is_open := not v_settings.calling_hours_enforced or phone_pool.is_calling_time(
    v_zones, p_at, v_settings.calling_hours_from, v_settings.calling_hours_to);
  if not is_open then
    -- Calling time begins when it begins in one of the zones, the last one to open.
    select min(o.opens_at) into retry_at
    from (
      select (((p_at at time zone z.zone)::date + d.days) + v_settings.calling_hours_from)
        at time zone z.zone as opens_at
      from unnest(v_zones) z (zone), generate_series(0, 2) d (days)
    ) o
    where o.opens_at > p_at and phone_pool.is_calling_time(
      v_zones, o.opens_at, v_settings.calling_hours_from, v_settings.calling_hours_to);
    -- Hours so narrow that the zones have none in common: ask again tomorrow.
    retry_at := coalesce(retry_at, p_at + interval '1 day');
  end if;
end
$$;
comment on function phone_pool.calling_hours(text, text, timestamptz, boolean) is
  'Whether the number may be called at p_at, and if not when again; the local times it was decided '
  'by, and where its time zones come from. p_time_zone: the patient''s own, or null; p_is_claim: '
  'as a user says.';
