import { accountCase, type Case, trunkCase, variableCase } from "../support/check-cases.ts";

const OFFER = { phone_number: "+12125550100" };

/** Telnyx and LiveKit. */
export const CARRIER_CASES: Case[] = [
  variableCase("T1", "wrong Telnyx key", "TELNYX_API_KEY", "KEY_of_somebody_else", "API Keys"),
  variableCase(
    "T7",
    "unknown connection",
    "TELNYX_CONNECTION_ID",
    "42",
    "no connection with this id",
  ),
  accountCase("T2", "trial account", { isTrial: true }, "trial account"),
  accountCase("T2", "nothing for sale", { search: [] }, "no local US number is for sale", true),
  accountCase("T3", "no price", { search: [OFFER] }, "no price in US dollars"),
  accountCase("T3", "another currency", {
    search: [{ ...OFFER, cost_information: { monthly_cost: "1", currency: "EUR" } }],
  }, "no price in US dollars"),
  accountCase("T4", "a filter that is ignored", {
    orders: [{ id: "1", customer_reference: "of another" }],
  }, "Telnyx lists 1 orders"),
  accountCase(
    "T5",
    "what is for sale is ours",
    {
      search: [{ ...OFFER, cost_information: { monthly_cost: "1.0" } }],
      owned: { found: [{ number_val_e164: OFFER.phone_number }] },
    },
    "that it is in the account",
  ),
  accountCase("T6", "numbers without an id", { slimNumbers: [OFFER] }, "in another form: 0.id"),
  accountCase("T7", "inactive connection", { active: false }, "not active"),
  accountCase("T8", "one caller ID for all", { ani_override: "+12125550100" }, "ani_override"),
  accountCase("T9", "few channels", { channel_limit: 2 }, "places 2 calls at a time", true),
  accountCase("T10", "no voice profile", { profileId: null }, "cannot place calls"),
  accountCase("T10", "disabled profile", { profileEnabled: false }, "disabled"),
  accountCase(
    "T10",
    "no calls to the US",
    { destinations: ["CA"] },
    "does not allow calls to the US",
  ),
  accountCase("T20", "parked calls", { call_parking_enabled: true }, "no phone would ever ring"),
  accountCase("T21", "speech in clear", { encrypted_media: null }, "crosses the network", true),
  accountCase(
    "T22",
    "webhooks of version 1",
    { webhook_event_url: "https://example.com/hook", webhook_api_version: "1" },
    "webhook API version to 2",
  ),
  accountCase("T23", "recorded calls", { recording: "all" }, "records calls (all)", true),
  variableCase(
    "L1",
    "wrong LiveKit secret",
    "LIVEKIT_API_SECRET",
    "wrong-secret-of-32-characters-xx",
    "Settings → Keys",
  ),
  variableCase("L2", "unknown trunk", "LIVEKIT_SIP_TRUNK_ID", "ST_other", "ST_other is not one of"),
  variableCase(
    "L3",
    "a trunk without numbers",
    "LIVEKIT_SIP_TRUNK_ID",
    "ST_without_numbers",
    "set the trunk's numbers",
    true,
  ),
  trunkCase("L11", "a trunk over UDP", { transport: "udp" }, "numbers travel in clear", true),
];
