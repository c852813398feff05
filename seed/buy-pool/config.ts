import { z } from "zod";
import { flag, type Given, value, wholeNumber } from "../../supabase/command-line/options.ts";
import {
  type ApiTarget,
  projectOptions,
  variablesFor,
} from "../../supabase/command-line/project.ts";
import type { BuyPoolOptions } from "./buy-pool.ts";

export const COMMAND = {
  name: "npm run buy-pool",
  about: `The initial purchase: shows the price, asks, buys what is missing to the count and follows
it. Safe to interrupt and to repeat: the functions buy on without it.`,
  options: {
    count: value(
      "N",
      "how many numbers there shall be, 1 to 1000\n(the setting initial_size)",
      wholeNumber(1, 1000),
    ),
    "area-code": value(
      "NNN",
      "of this area code only, such as 415",
      z.string().regex(/^[2-9][0-9]{2}$/, "is not three digits, such as 415"),
    ),
    yes: flag("do not ask", "y"),
    ...projectOptions,
  },
  variables: {
    ...variablesFor("SUPABASE_URL", "SUPABASE_SECRET_KEY"),
    TELNYX_API_KEY: "to ask Telnyx for the price; may be left out",
  },
};

export const buyPoolOptions = (given: Given<typeof COMMAND.options>): BuyPoolOptions => ({
  count: given.count,
  areaCode: given["area-code"] ?? null,
  yes: given.yes,
});

/** How to ask Telnyx for what is for sale; undefined: it cannot be asked from here. */
export function telnyxOf(
  { stack, variables }: ApiTarget,
): { apiKey: string; baseUrl?: string } | undefined {
  if (stack) return { apiKey: stack.telnyx_api_key, baseUrl: `${stack.telnyx_url}/v2` };
  const { TELNYX_API_KEY: apiKey, TELNYX_BASE_URL: baseUrl } = variables;
  return apiKey ? { apiKey, baseUrl } : undefined;
}
