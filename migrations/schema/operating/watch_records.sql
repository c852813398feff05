-- What calls and Telnyx's records of them show only in numbers: looked at once an hour.

create function phone_pool.watch_answers(p_since timestamptz)
returns void
language sql
set search_path = pg_catalog, pg_temp
as $$
  select phone_pool.set_alert('number_losing_answers', h.verdict = 'losing_answers', format(
    '%s of the latest %s calls from …%s were answered, %s are usual',
    round(h.latest_answer_rate * h.latest_calls), h.latest_calls, right(h.phone_number, 4),
    round(h.usual_answer_rate * h.latest_calls)), h.phone_number_id::text)
  from public.admin_number_health h
  where h.phone_number_id in (
    -- A call tells how it ended some time after it began.
    select c.phone_number_id from phone_pool.intake_calls c
    where c.created_at > p_since - interval '2 hours' and c.phone_number_id is not null
    union
    select n.id from phone_pool.alerts a
    join public.phone_numbers n on n.id::text = a.subject
    where a.kind = 'number_losing_answers' and a.closed_at is null);
  -- Replaced: the organization has another number.
  select phone_pool.close_alert(a.kind, a.subject) from phone_pool.alerts a
  where a.kind in ('number_losing_answers', 'attestation_low') and a.closed_at is null
    and not exists (
      select from public.phone_numbers n
      where n.id::text = a.subject and n.status = 'assigned');
$$;
comment on function phone_pool.watch_answers(timestamptz) is
  'number_losing_answers, of the numbers with calls since then; its end, and that of '
  'attestation_low, when an organization has the number no more.';

create function phone_pool.watch_records()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := phone_pool.clock();
  v_last timestamptz;
begin
  select h.last_at into v_last from phone_pool.heartbeats h where h.job = 'watch_records';
  if v_last > v_now - interval '1 hour' then
    return;
  end if;
  perform phone_pool.watch_answers(coalesce(v_last, v_now - interval '1 day'));
  -- Without a list that was read there is nothing to miss: that is job_stalled.
  perform phone_pool.set_alert('records_missing', c.missing >= 5 and c.missing * 20 > c.calls,
    format('Telnyx has no record of %s of %s calls that were answered one to three days ago',
      c.missing, c.calls))
  from phone_pool.call_record_import i, (
    select count(*) as calls, count(*) filter (where l.billed_usd is null) as missing
    from phone_pool.intake_calls l
    where l.talk_time is not null
      and l.created_at between v_now - interval '3 days' and v_now - interval '1 day'
  ) c
  where i.read_until > v_now - interval '1 day';
  perform phone_pool.beat('watch_records');
end
$$;
comment on function phone_pool.watch_records() is
  'number_losing_answers, records_missing; once an hour.';
