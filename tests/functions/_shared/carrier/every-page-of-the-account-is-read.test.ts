import { createCarrierNumbers } from "../../../../functions/_shared/carrier-numbers.ts";
import { assertEquals } from "../../../support/assert.ts";

/** An account whose list has these many numbers on each page, with or without saying how many pages. */
async function read(sizes: number[], tellsTotal: boolean): Promise<number[]> {
  const fetchPage = (input: URL | RequestInfo) => {
    const { searchParams } = new URL(input instanceof Request ? input.url : input);
    const nth = Number(searchParams.get("page[number]"));
    const data = Array.from({ length: sizes[nth - 1] ?? 0 }, (_, k) => ({
      id: `${nth}-${k}`,
      phone_number: `+1212${5550000 + 1000 * nth + k}`,
      status: "active",
    }));
    const meta = tellsTotal ? { total_pages: sizes.length, page_number: nth } : {};
    return Promise.resolve(Response.json({ data, meta }));
  };
  const carrier = createCarrierNumbers({
    apiKey: "KEY",
    baseUrl: "http://localhost/v2",
    fetch: fetchPage,
  });
  const pages: number[] = [];
  for await (const page of carrier.pages()) pages.push(page.length);
  return pages;
}

const CASES: [sizes: number[], tellsTotal: boolean][] = [
  [[3], true],
  [[250, 250, 1], true],
  // A page with fewer than asked for is the last only where nothing else tells.
  [[250, 249, 250], true],
  [[250, 250, 1], false],
  [[250, 0], false],
  [[0], false],
];

for (const [sizes, tellsTotal] of CASES) {
  Deno.test(`pages of ${sizes.join(", ")}, their number ${tellsTotal ? "told" : "not told"}`, async () =>
    assertEquals(await read(sizes, tellsTotal), sizes));
}
