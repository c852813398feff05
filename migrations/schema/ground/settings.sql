-- One typed row of settings. Change it in the SQL editor:
--   update phone_pool.settings set low_water = 8;

create table phone_pool.settings (
  only_row boolean not null default true constraint settings_pkey primary key
    constraint settings_is_one_row check (only_row),
  low_water int not null default 5
    constraint settings_low_water_is_not_negative check (low_water between 0 and 1000),
  batch_size int not null default 10
    constraint settings_batch_size_is_bounded check (batch_size between 1 and 100),
  initial_size int not null default 40
    constraint settings_initial_size_is_bounded check (initial_size between 0 and 1000),
  max_numbers int not null default 500
    constraint settings_max_numbers_is_not_negative check (max_numbers >= 0),
  monthly_budget_usd numeric(12, 2) not null default 500
    constraint settings_monthly_budget_is_not_negative check (monthly_budget_usd >= 0),
  monthly_minutes_budget_usd numeric(12, 2) null
    constraint settings_monthly_minutes_budget_is_positive
      check (monthly_minutes_budget_usd > 0),
  number_monthly_cost_usd numeric(12, 5) not null default 1.00
    constraint settings_number_cost_is_not_negative check (number_monthly_cost_usd >= 0),
  number_monthly_max_usd numeric(12, 5) default 2.00
    constraint settings_monthly_max_is_not_negative check (number_monthly_max_usd >= 0),
  number_upfront_max_usd numeric(12, 5) not null default 5.00
    constraint settings_upfront_max_is_not_negative check (number_upfront_max_usd >= 0),
  call_minute_cost_usd numeric(12, 5) not null default 0.01
    constraint settings_minute_cost_is_not_negative check (call_minute_cost_usd >= 0),
  quarantine_days int not null default 90
    constraint settings_quarantine_is_30_to_365_days check (quarantine_days between 30 and 365),
  quarantine_unused_hours int not null default 24
    constraint settings_quarantine_unused_is_1_to_720_hours
      check (quarantine_unused_hours between 1 and 720),
  keep_idle_above int not null default 20
    constraint settings_keep_idle_above_is_not_negative check (keep_idle_above >= 0),
  retire_after_inbound_calls int not null default 5
    constraint settings_retire_after_is_positive check (retire_after_inbound_calls > 0),
  area_code_wait interval not null default '10 minutes'
    constraint settings_area_code_wait_is_not_negative check (area_code_wait >= interval '0'),
  calling_hours_enforced boolean not null default true,
  calling_hours_from time not null default '08:00',
  calling_hours_to time not null default '21:00',
  calls_per_patient_per_day int not null default 3
    constraint settings_calls_per_day_is_positive check (calls_per_patient_per_day > 0),
  calls_per_patient_per_week int not null default 7
    constraint settings_calls_per_week_is_positive check (calls_per_patient_per_week > 0),
  calls_in_flight_per_organization int not null default 25
    constraint settings_calls_in_flight_are_positive check (calls_in_flight_per_organization > 0),
  calls_per_organization_per_minute int not null default 60
    constraint settings_calls_per_organization_are_positive
      check (calls_per_organization_per_minute > 0),
  calls_per_minute int not null default 600
    constraint settings_calls_per_minute_are_positive check (calls_per_minute > 0),
  requests_per_user_per_minute int not null default 30
    constraint settings_requests_per_user_are_positive check (requests_per_user_per_minute > 0),
  require_consent boolean not null default false,
  max_call_minutes int not null default 60
    constraint settings_max_call_is_1_to_240_minutes check (max_call_minutes between 1 and 240),
  agent_sees_callee boolean not null default false,
  call_webhook_url text
    constraint settings_call_webhook_is_https_or_loopback
      check (call_webhook_url ~ '^(https://[^\s/]|http://127\.[0-9.]+(:[0-9]+)?(/|$))\S*$'),
  ringing_seconds int not null default 40
    constraint settings_ringing_is_5_to_75_seconds check (ringing_seconds between 5 and 75),
  agent_wait_seconds int not null default 6
    constraint settings_agent_wait_is_1_to_30_seconds check (agent_wait_seconds between 1 and 30),
  media_encryption text not null default 'allow'
    constraint settings_media_encryption_is_known
      check (media_encryption in ('require', 'allow', 'disable')),
  callback_default text
    constraint settings_callback_default_is_e164 check (callback_default ~ '^\+1[2-9][0-9]{9}$'),
  callback_after_leaving_days int not null default 30
    constraint settings_callback_after_leaving_is_0_to_365_days
      check (callback_after_leaving_days between 0 and 365),
  caller_name_listing boolean not null default false,
  alert_webhook_url text
    constraint settings_alert_webhook_is_https_or_loopback
      check (alert_webhook_url ~ '^(https://[^\s/]|http://127\.[0-9.]+(:[0-9]+)?(/|$))\S*$'),
  alert_quiet_period interval not null default '10 minutes'
    constraint settings_alert_quiet_period_is_bounded
      check (alert_quiet_period between interval '0' and interval '1 day'),
  alert_waiting_after interval not null default '15 minutes'
    constraint settings_alert_waiting_after_is_not_negative
      check (alert_waiting_after >= interval '0'),
  alert_budget_share numeric(3, 2) not null default 0.80
    constraint settings_alert_budget_share_is_a_share check (alert_budget_share between 0 and 1),
  planned_cost_usd numeric(12, 2) not null default 2.83
    constraint settings_planned_cost_is_positive check (planned_cost_usd > 0),
  purchase_max_attempts int not null default 8
    constraint settings_purchase_attempts_are_positive check (purchase_max_attempts > 0),
  inactive_statuses text[] not null default '{canceled,cancelled,inactive}'
    constraint settings_inactive_statuses_are_named
      check (array_position(inactive_statuses, null) is null),
  carrier_tag text
    constraint settings_carrier_tag_is_not_blank check (carrier_tag ~ '^\S(.*\S)?$'),
  forecast boolean not null default true,
  project_ref text
    constraint settings_project_ref_is_not_blank check (project_ref ~ '^\S+$'),
  constraint settings_calling_hours_are_a_window check (calling_hours_from < calling_hours_to)
);
comment on table phone_pool.settings is 'How the pool behaves: exactly one row.';
comment on column phone_pool.settings.low_water is
  'Fewer numbers than this, available and on order together: more are bought. The forecast raises '
  'it while demand is high: what counts now is admin_pool_health.low_water.';
comment on column phone_pool.settings.batch_size is
  'How many numbers are bought at once; more while demand is high.';
comment on column phone_pool.settings.initial_size is 'Numbers that npm run buy-pool buys first.';
comment on column phone_pool.settings.max_numbers is
  'Never own and have on order more numbers than this.';
comment on column phone_pool.settings.monthly_budget_usd is
  'Never commit more than this in a calendar month (UTC): the rent of every number that is ours at '
  'any time of it, on order included, and what is paid once.';
comment on column phone_pool.settings.monthly_minutes_budget_usd is
  'What calls should cost at most in a calendar month (UTC): near it there is an alert, and no '
  'call is refused. Null: no such budget.';
comment on column phone_pool.settings.call_minute_cost_usd is
  'What a minute of a call is taken to cost until Telnyx''s record of it has come.';
comment on column phone_pool.settings.retire_after_inbound_calls is
  'A number that so many different callers call in its quarantine is retired.';
comment on column phone_pool.settings.number_monthly_cost_usd is
  'What a number is expected to cost a month until Telnyx has told the real price.';
comment on column phone_pool.settings.number_upfront_max_usd is
  'A number that costs more than this once is not bought.';
comment on column phone_pool.settings.number_monthly_max_usd is
  'A number that costs more than this a month, or whose price is not told, is not bought; null: at '
  'any price within the budget.';
comment on column phone_pool.settings.quarantine_days is
  'Days that a number rests after its organization left, before anyone else may have it.';
comment on column phone_pool.settings.quarantine_unused_hours is
  'Hours that a number rests whose organization was deleted within a day of registering and never '
  'called with it.';
comment on column phone_pool.settings.keep_idle_above is
  'With more available numbers than this, and than low_water and batch_size together, one whose '
  'quarantine ends goes back to Telnyx, and so does one that was available for 30 days.';
comment on column phone_pool.settings.max_call_minutes is
  'After which a call is ended, counted from dialling: by LiveKit, and by the sweep, as '
  'livekit-sip before 1.9 does not.';
comment on column phone_pool.settings.ringing_seconds is
  'How long a phone rings. LiveKit''s answer is waited for meanwhile; after 80 s it gives none.';
comment on column phone_pool.settings.agent_sees_callee is
  'Whether the agent of a call may read the patient''s number by GET intake-calls/{call_id}.';
comment on column phone_pool.settings.call_webhook_url is
  'Where the application is told that a call has ended, by ids, signed as Standard Webhooks: '
  'https, or a server on the database''s own machine; null: nowhere.';
comment on column phone_pool.settings.agent_wait_seconds is
  'How long a call waits for its voice agent before the phone rings; without one it does not.';
comment on column phone_pool.settings.media_encryption is
  'Of the speech between LiveKit and the carrier (SRTP): require, allow or disable. With allow it '
  'is offered, and a carrier that answers without it is spoken to in clear.';
comment on column phone_pool.settings.callback_default is
  'Where a patient is put through to who calls a number back whose organization has set no '
  'callback_number: a number in the United States, E.164; null: nowhere.';
comment on column phone_pool.settings.callback_after_leaving_days is
  'Days that calls to the number of an organization that left are still put through to it; never '
  'longer than the quarantine. After replace_phone_number() it is the whole quarantine.';
comment on column phone_pool.settings.caller_name_listing is
  'Whether numbers show the name of their organization (CNAM). It takes one to three days to '
  'spread, shows mainly on landlines, and Telnyx may charge for it.';
comment on column phone_pool.settings.area_code_wait is
  'How long an organization waits for the area code it wants before it gets another.';
comment on column phone_pool.settings.calling_hours_enforced is
  'Whether a patient is called only between calling_hours_from and _to of the patient''s own time.';
comment on column phone_pool.settings.calls_per_patient_per_day is
  'Calls in any 24 hours from an organization to one patient, or to one phone number.';
comment on column phone_pool.settings.calls_per_patient_per_week is
  'Calls in any 7 days from an organization to one patient, or to one phone number.';
comment on column phone_pool.settings.calls_in_flight_per_organization is
  'Calls that an organization may have under way at one time.';
comment on column phone_pool.settings.calls_per_organization_per_minute is
  'Calls that an organization may begin in a minute.';
comment on column phone_pool.settings.calls_per_minute is
  'Calls that all organizations together may begin in a minute.';
comment on column phone_pool.settings.requests_per_user_per_minute is
  'Requests of one signed-in user in a minute, refused ones counted.';
comment on column phone_pool.settings.require_consent is
  'With it on, a call needs a recorded consent of the patient that is not revoked.';
comment on column phone_pool.settings.carrier_tag is
  'A number with this tag at Telnyx is ours: it joins the pool, and ours get the tag. Null: tags '
  'mean nothing. Never the same for two projects that share a Telnyx account.';
comment on column phone_pool.settings.forecast is
  'Whether low_water and batch_size are raised while demand is high: see phone_pool.planner.';
comment on column phone_pool.settings.project_ref is
  'The project that this database belongs to, written by the deployment. Edge Functions of another '
  'one buy, call and give back nothing: see phone_pool.is_own_project(). Null: not said yet.';
comment on column phone_pool.settings.alert_webhook_url is
  'Where alerts are posted as {"text": …}, as Slack takes them: https, as the URL is a secret, or '
  'a server on the database''s own machine; null: nowhere.';
comment on column phone_pool.settings.alert_quiet_period is
  'An alert closes when its problem has been over for so long.';
comment on column phone_pool.settings.alert_waiting_after is
  'An organization that waits longer for a number is an alert.';
comment on column phone_pool.settings.alert_budget_share is
  'More than this share of monthly_budget_usd committed in a month, or of '
  'monthly_minutes_budget_usd spent, is an alert.';
comment on column phone_pool.settings.planned_cost_usd is
  'What an organization should cost a month, number and calls.';
comment on column phone_pool.settings.inactive_statuses is
  'Values of organizations.subscription_status that mean: this organization has left.';
alter table phone_pool.settings enable row level security;
grant select on phone_pool.settings to service_role;

insert into phone_pool.settings default values;
