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
  occurred_at timestamptz,
  received_at timestamptz not null,
  processed_at timestamptz,
  outcome text,
  constraint webhook_events_are_stored_once unique (provider, event_id)
);
comment on table phone_pool.webhook_events is 'Verified webhooks of Telnyx and LiveKit, once each.';
comment on column phone_pool.webhook_events.payload is
  'The parts of the event that are acted on; no names, no audio, no transcripts.';
comment on column phone_pool.webhook_events.outcome is 'What was done about it.';
create index webhook_events_to_process on phone_pool.webhook_events (id) where processed_at is null;
create index webhook_events_by_time on phone_pool.webhook_events (received_at);
alter table phone_pool.webhook_events enable row level security;
grant select on phone_pool.webhook_events to service_role;

create function phone_pool_worker.record_webhook_event(
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
as $$
  insert into phone_pool.webhook_events
    (provider, event_id, event_type, payload, occurred_at, received_at)
  values (p_provider, p_event_id, p_event_type, p_payload, p_occurred_at, phone_pool.clock())
  on conflict (provider, event_id) do nothing
  returning id;
$$;
comment on function phone_pool_worker.record_webhook_event(text, text, text, jsonb, timestamptz) is
  'Stores a verified event and returns its id, or null if it was stored before. Security definer: '
  'service_role stores events by this function only.';

create trigger webhook_events_are_a_heartbeat after insert on phone_pool.webhook_events
  for each row execute function phone_pool.tg_heartbeats__beat();

create table phone_pool.webhook_rejections (
  provider text not null,
  hour timestamptz not null,
  rejected bigint not null default 0,
  last_at timestamptz not null,
  constraint webhook_rejections_pkey primary key (provider, hour)
);
comment on table phone_pool.webhook_rejections is
  'How many webhooks were turned away, by hour: counted, never kept.';
create index webhook_rejections_by_time on phone_pool.webhook_rejections (last_at);
alter table phone_pool.webhook_rejections enable row level security;
grant select on phone_pool.webhook_rejections to service_role;

create function phone_pool_worker.record_webhook_rejected(
  p_provider text, p_count int default 1
)
returns void
language sql
security definer
set search_path = pg_catalog, pg_temp
as $$
  insert into phone_pool.webhook_rejections as r (provider, hour, rejected, last_at)
  values (left(p_provider, 20), date_trunc('hour', phone_pool.clock()), p_count, phone_pool.clock())
  on conflict (provider, hour) do update
    set rejected = r.rejected + excluded.rejected, last_at = excluded.last_at;
$$;
comment on function phone_pool_worker.record_webhook_rejected(text, int) is
  'Counts webhooks that were not signed with the right key. Security definer: see '
  'claim_purchases.';
