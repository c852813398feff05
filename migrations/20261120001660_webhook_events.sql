-- Every webhook of Telnyx and LiveKit, once: a provider may send an event twice, late or out of
-- order. The row is committed before the provider is told 200, and before anything is done about
-- it.

create table phone_pool.webhook_events (
  id bigint generated always as identity constraint webhook_events_pkey primary key,
  provider text not null
    constraint webhook_events_provider_is_known check (provider in ('telnyx', 'livekit')),
  event_id text not null,
  event_type text not null,
  payload jsonb not null,
  occurred_at timestamptz null,
  received_at timestamptz not null,
  processed_at timestamptz null,
  outcome text null,
  constraint webhook_events_are_stored_once unique (provider, event_id)
);
comment on table phone_pool.webhook_events is 'Verified webhooks of Telnyx and LiveKit, once each.';
comment on column phone_pool.webhook_events.event_id is 'The provider''s own id of the event.';
comment on column phone_pool.webhook_events.payload is
  'The parts of the event that are acted on; no names, no audio, no transcripts.';
comment on column phone_pool.webhook_events.outcome is 'What was done about it.';
create index webhook_events_to_process on phone_pool.webhook_events (id) where processed_at is null;
create index webhook_events_by_time on phone_pool.webhook_events (received_at);
alter table phone_pool.webhook_events enable row level security;
grant select on phone_pool.webhook_events to service_role;

create function public.record_webhook_event(
  p_provider text,
  p_event_id text,
  p_event_type text,
  p_payload jsonb,
  p_occurred_at timestamptz default null
)
returns bigint
language sql
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
  insert into phone_pool.webhook_events
    (provider, event_id, event_type, payload, occurred_at, received_at)
  values (p_provider, p_event_id, p_event_type, p_payload, p_occurred_at, phone_pool.clock())
  on conflict (provider, event_id) do nothing
  returning id;
$$;
comment on function public.record_webhook_event(text, text, text, jsonb, timestamptz) is
  'Stores a verified event and returns its id, or null if it was stored before. Security definer: '
  'service_role stores events by this function only.';
revoke execute on function public.record_webhook_event(text, text, text, jsonb, timestamptz)
  from public, anon, authenticated;
grant execute on function public.record_webhook_event(text, text, text, jsonb, timestamptz)
  to service_role;
