/** What buying and reconciling rest on: questions to Telnyx's API that cost nothing. */
import Telnyx from "telnyx";
import { z } from "zod";
import type { Assumption } from "../assumptions.ts";
import { type Context, type Finding, finding } from "../context.ts";

const searchReply = z.object({
  data: z.array(z.object({
    phone_number: z.string(),
    cost_information: z.object({
      monthly_cost: z.string().nullish(),
      upfront_cost: z.string().nullish(),
      currency: z.string().nullish(),
    }).nullish(),
  })).nullish(),
});
type Offer = NonNullable<z.output<typeof searchReply>["data"]>[number];

const orders = z.array(z.object({ customer_reference: z.string().nullish() }));
const ownership = z.object({
  data: z.object({ found: z.array(z.object({ number_val_e164: z.string() })).nullish() }),
});
const slimNumbers = z.array(z.object({
  id: z.coerce.string().min(1),
  phone_number: z.string(),
  status: z.string().nullish(),
}));

export async function checkTelnyxApi(context: Context, client: Telnyx): Promise<Finding[]> {
  const findings: Finding[] = [];
  let offers: Offer[] = [];
  findings.push(
    ...await attempt("T2", async () => {
      offers = await search(client);
      return [checkTrial(offers)];
    }),
  );
  const [offer] = offers;
  if (offer && !findings.some(({ result }) => result === "fail")) {
    findings.push(checkPrice(offer));
    context.onceUsd = Number(offer.cost_information?.upfront_cost ?? 0) || 0;
    findings.push(...await attempt("T5", async () => [await checkOwnership(client, offer)]));
  }
  findings.push(...await attempt("T4", async () => [await checkReferences(client)]));
  findings.push(...await attempt("T6", async () => [await checkNumbers(client)]));
  return findings;
}

async function search(client: Telnyx): Promise<Offer[]> {
  const filter = {
    country_code: "US",
    phone_number_type: "local" as const,
    features: ["voice" as const, "emergency" as const],
    limit: 5,
  };
  return searchReply.parse(await client.availablePhoneNumbers.list({ filter })).data ?? [];
}

// Trial accounts see most numbers with their last digits replaced by x:
// https://developers.telnyx.com/docs/account-setup/levels-and-capabilities
function checkTrial(offers: Offer[]): Finding {
  if (offers.length === 0) {
    return finding(
      "T2",
      "warn",
      "no local US number is for sale just now",
      "the pool is bought as soon as there are some",
    );
  }
  return offers.some(({ phone_number }) => /x/i.test(phone_number))
    ? finding(
      "T2",
      "fail",
      "it is a trial account, which may buy one number in its life",
      "upgrade and verify it in the portal",
    )
    : finding("T2", "ok", "numbers are for sale");
}

function checkPrice({ cost_information: cost }: Offer): Finding {
  const { monthly_cost: monthly, upfront_cost: upfront, currency } = cost ?? {};
  if (!monthly || !/^\d+(\.\d+)?$/.test(monthly) || (currency ?? "USD") !== "USD") {
    return finding(
      "T3",
      "fail",
      `a number for sale has no price in US dollars (${monthly ?? "none"} ${currency ?? ""})`,
      "the budget could not be kept: open an issue with the answer of GET /available_phone_numbers",
    );
  }
  return finding("T3", "ok", `$${monthly} a month, $${upfront ?? "?"} once`);
}

/** A filter that were ignored would show orders of others as those of a purchase. */
async function checkReferences(client: Telnyx): Promise<Finding> {
  const nobody = crypto.randomUUID();
  const page = await client.numberOrders.list({ filter: { customer_reference: nobody } });
  const strange = orders.parse(page.data ?? []).length;
  return strange === 0 ? finding("T4", "ok", "are found by it alone") : finding(
    "T4",
    "fail",
    `asked for a reference that does not exist, Telnyx lists ${strange} orders`,
    "a lost answer could not be looked up safely: open an issue before buying",
  );
}

/** A number that is for sale is not ours. */
async function checkOwnership(client: Telnyx, { phone_number: number }: Offer): Promise<Finding> {
  const asked = { phone_numbers: [number] };
  const reply = ownership.parse(await client.phoneNumbers.actions.verifyOwnership(asked));
  const isOurs = reply.data.found?.some((found) => found.number_val_e164 === number);
  return !isOurs ? finding("T5", "ok", "is told by verify_ownership") : finding(
    "T5",
    "fail",
    "verify_ownership says of a number for sale that it is in the account",
    "numbers of others would be taken for bought: open an issue before buying",
  );
}

async function checkNumbers(client: Telnyx): Promise<Finding> {
  const page = await client.phoneNumbers.slimList({
    include_connection: true,
    include_tags: true,
    "page[size]": 5,
  });
  slimNumbers.parse(page.data);
  return finding("T6", "ok", "are listed with id and status");
}

/** The findings, or what Telnyx answered in their place. The SDK's messages never repeat the key. */
export async function attempt(
  assumption: Assumption,
  run: () => Promise<Finding[]>,
): Promise<Finding[]> {
  try {
    return await run();
  } catch (error) {
    return [describe(assumption, error)];
  }
}

function describe(assumption: Assumption, error: unknown): Finding {
  const status = error instanceof Telnyx.APIError ? error.status : undefined;
  if (status === 401 || status === 403) {
    return finding(assumption, "fail", "the key is refused", "make one in the portal (API Keys)");
  }
  if (status === 404 && assumption === "T7") {
    return finding(
      assumption,
      "fail",
      "there is no connection with this id",
      "TELNYX_CONNECTION_ID is the number shown in Voice → SIP Connections",
    );
  }
  if (error instanceof z.ZodError) {
    const fields = error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    return finding(
      assumption,
      "fail",
      `Telnyx answers in another form: ${fields.join("; ")}`,
      "open an issue with the answer, without its values",
    );
  }
  const message = error instanceof Error ? error.message : String(error);
  return finding(assumption, "fail", message, "status.telnyx.com says whether it is down");
}
