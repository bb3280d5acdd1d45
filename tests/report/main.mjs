// What a person sees of a report: in light and dark, on a screen, on a phone and on paper, with scripts
// and without.
import { pathToFileURL } from "node:url";
import { Looker, check } from "../page/looker.mjs";
import { faultsOfPlots, leastContrast } from "./plots.mjs";

const PLOTS = ["latency", "spread", "copies", "hops", "kinds", "load"];
const REPORT = pathToFileURL(process.env.REPORT).href;

async function open(looker, { scripts = true, scheme = "light", media = "screen", width = 1100 } = {}) {
  const context = await looker.browser.newContext({ javaScriptEnabled: scripts, colorScheme: scheme, viewport: { width, height: 900 } });
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(`an error in the page: ${error.message}`));
  page.on("console", (said) => { if (["error", "warning"].includes(said.type())) faults.push(`on the console: ${said.text()}`); });
  page.on("request", (request) => { if (request.url() !== REPORT && !request.url().startsWith("data:")) faults.push(`a request: ${request.url()}`); });
  await page.emulateMedia({ colorScheme: scheme, media });
  await page.goto(REPORT);
  return { page, faults, close: () => context.close() };
}

const variants = [];
for (const scripts of [true, false]) {
  for (const scheme of ["light", "dark"]) {
    for (const width of [1100, 390]) variants.push({ scripts, scheme, width });
  }
  variants.push({ scripts, scheme: "dark", media: "print", width: 794 });
}

const tests = {
  async "it has the plots, a table and a verdict"(looker) {
    const view = await open(looker);
    const seen = await view.page.evaluate(() => ({
      plots: [...document.querySelectorAll("figure svg")].map((svg) => svg.querySelector("title").id.replace(/-t$/, "")),
      rows: document.querySelectorAll("main section table tbody tr").length,
      verdict: document.querySelector(".verdict")?.innerText ?? "",
      scripts: document.scripts.length,
    }));
    const lacking = PLOTS.filter((plot) => !seen.plots.includes(plot));
    check(lacking.length === 0, `there are plots of ${lacking}`);
    check(seen.rows >= 10 && seen.verdict.length > 10, "there is a headline and a verdict");
    check(seen.scripts === 0, "there are no scripts");
    return view;
  },

  async "a plot's figures open without scripts"(looker) {
    const view = await open(looker, { scripts: false });
    await view.page.click("figure summary");
    check(await view.page.locator("figure details[open] td").first().isVisible(), "the table is shown");
    return view;
  },

  async "light is light, dark is dark, and paper is white"(looker) {
    const ground = async (options) => {
      const view = await open(looker, options);
      const colour = await view.page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
      await view.close();
      return colour.match(/\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) / 3;
    };
    check((await ground({ scheme: "light" })) > 220, "light is light");
    check((await ground({ scheme: "dark" })) < 50, "dark is dark");
    check((await ground({ scheme: "dark", media: "print" })) === 255, "paper is white");
  },
};

for (const variant of variants) {
  const { scripts, scheme, media = "screen", width } = variant;
  tests[`all is drawn and can be read: ${media}, ${scheme}, ${width} wide, ${scripts ? "with" : "without"} scripts`] = async (looker) => {
    const view = await open(looker, variant);
    const faults = await view.page.evaluate(faultsOfPlots);
    check(faults.length === 0, faults.slice(0, 5).join("; "));
    const { worst, texts, sideways } = await view.page.evaluate(leastContrast);
    check(texts > 50, `only ${texts} texts are shown`);
    check(worst.ratio >= 4.5, `“${worst.text}” has a contrast of ${worst.ratio.toFixed(2)}, below 4.5`);
    check(!sideways, "the page must be scrolled sideways");
    return view;
  };
}

let failed = 0, looker;
try {
  looker = await Looker.open(process.env.CHROMIUM, process.env.PACKAGES);
  for (const [name, test] of Object.entries(tests)) {
    try {
      const view = await test(looker);
      await view?.close();
      check(!view?.faults.length, `nothing went wrong in the page, but: ${view?.faults.join("; ")}`);
      console.log(`ok    ${name}`);
    } catch (error) {
      failed += 1;
      console.log(`FAIL  ${name}\n      ${error.message}`);
    }
  }
} catch (error) {
  failed += 1;
  console.log(`FAIL  ${error.message}`);
} finally {
  await looker?.close();
}
console.log(failed ? `report: ${failed} failed` : `report: ok, ${Object.keys(tests).length} tests`);
process.exit(failed ? 1 : 0);
