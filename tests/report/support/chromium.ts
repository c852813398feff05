import { z } from "zod";

const seen = z.object({
  /** Pixels that stand out to the right. */
  overflow: z.number(),
  sections: z.number(),
  charts: z.number(),
  /** Charts without a height. */
  flat: z.number(),
  /** Sections side by side. */
  columns: z.number(),
});
export type Seen = z.infer<typeof seen>;

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

async function findChromium(): Promise<string | undefined> {
  for (const name of NAMES) {
    try {
      if ((await new Deno.Command(name, { args: ["--version"] }).output()).success) return name;
    } catch {
      // Not that one.
    }
  }
}

/** A step with a real browser; without one it is skipped where all can see. */
export async function inChromium(
  t: Deno.TestContext,
  name: string,
  work: (look: (html: string, width: number) => Promise<Seen>) => Promise<void>,
): Promise<void> {
  const browser = await findChromium();
  if (!browser) console.log("Skipped: no chromium on PATH (Debian: apt install chromium)");
  await t.step({
    name,
    ignore: !browser,
    fn: () => work((html, width) => look(browser ?? "", html, width)),
  });
}

const MEASURE = `
const page = document.querySelector("iframe").contentDocument;
const sections = [...page.querySelectorAll("section")];
const tops = sections.map((one) => one.getBoundingClientRect().top);
document.title = JSON.stringify({
  overflow: page.documentElement.scrollWidth - page.documentElement.clientWidth,
  sections: sections.length,
  charts: page.querySelectorAll("svg").length,
  flat: [...page.querySelectorAll("svg")].filter((one) => one.clientHeight < 60).length,
  columns: tops.filter((top) => top === tops[0]).length,
});`;

/** Shows the page in a frame of that width: a window is never narrower than 500. */
async function look(browser: string, html: string, width: number): Promise<Seen> {
  const folder = await Deno.makeTempDir({ prefix: "phone-pool-chromium-" });
  try {
    const file = `${folder}/frame.html`;
    const source = html.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
    await Deno.writeTextFile(
      file,
      `<!doctype html><iframe style="width:${width}px;height:3000px;border:0" srcdoc="${source}"
        onload='${MEASURE}'></iframe>`,
    );
    const { stdout } = await new Deno.Command(browser, {
      args: [
        ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        ...[`--user-data-dir=${folder}/profile`, "--window-size=1600,1200", "--dump-dom", file],
      ],
      stderr: "null",
    }).output();
    const dom = new TextDecoder().decode(stdout);
    const title = dom.match(/<title>(.*?)<\/title>/)?.[1] ?? "";
    return seen.parse(JSON.parse(title.replaceAll("&quot;", '"')));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
