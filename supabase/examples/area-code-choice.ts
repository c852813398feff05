import type { SupabaseClient } from "@supabase/supabase-js";

export interface OfferedAreaCode {
  area_code: string;
  state: string;
  /** How many numbers of it a clinic would have at once: 10 at most, more are not counted. */
  in_stock: number;
}

/**
 * What a clinic may choose from when it registers, by state; the client is signed in. One that is
 * not in stock is bought for the clinic, which waits for it some minutes.
 * The choice goes into the organization's settings: { "area_code": "415" }.
 * @throws {Error} what the Data API answered
 */
export async function areaCodeChoice(
  client: SupabaseClient,
): Promise<Map<string, OfferedAreaCode[]>> {
  const { data, error } = await client.rpc("offered_area_codes");
  if (error) throw new Error(`${error.code}: ${error.message}`);
  const offered: OfferedAreaCode[] = data;
  return Map.groupBy(offered, ({ state }) => state);
}
