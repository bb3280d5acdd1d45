// A browser that looks at a page, and notices what it must not do.
import { createRequire } from "node:module";
import { join } from "node:path";
import { until } from "./nodes.mjs";

const FLAGS = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync".split(" ");

export function check(is, what) {
  if (!is) throw new Error(`not so: ${what}`);
}

export class Looker {
  static async open(executablePath, packages) {
    const { chromium } = createRequire(join(packages, "package.json"))("playwright-core");
    const looker = new Looker();
    looker.browser = await chromium.launch({ executablePath, args: FLAGS });
    return looker;
  }

  async look(url) {
    const page = await this.browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: "reduce" });
    const view = new View(page, new URL(url).origin);
    await view.prepare();
    const answer = await page.goto(url);
    const policy = answer.headers()["content-security-policy"] ?? "";
    check(policy.includes("default-src 'none'") && !policy.includes("unsafe"), `the policy is strict: ${policy}`);
    return view;
  }

  async close() {
    await this.browser.close();
  }
}

class View {
  constructor(page, origin) {
    this.page = page;
    this.faults = [];
    this.mayLose = false;
    page.on("pageerror", (error) => this.faults.push(`an error in the page: ${error.message}`));
    page.on("console", (said) => {
      const isLoss = this.mayLose && /net::ERR_/.test(said.text());
      if (["error", "warning"].includes(said.type()) && !isLoss) this.faults.push(`on the console: ${said.text()}`);
    });
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (url.protocol !== "data:" && url.origin !== origin) this.faults.push(`a request to elsewhere: ${request.url()}`);
    });
  }

  prepare() {
    return this.page.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) => {
        console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`);
      });
      /** The book in a node's row. */
      window.seenBook = (port) => document.querySelector(`#rows tr:has(a[href$=":${port}/"]) td.book`)?.textContent;
    });
  }

  /** The node is about to go; that requests fail then is no fault of the page. */
  expectLostConnections() {
    this.mayLose = true;
  }

  mustBeQuiet() {
    const faults = this.faults.splice(0);
    check(faults.length === 0, `nothing went wrong in the page, but: ${faults.join("; ")}`);
  }

  async see(what, look, argument) {
    let last;
    try {
      await until(what, () => this.page.evaluate(look, argument).catch((error) => { last = error; }));
    } catch (error) {
      const shown = await this.page.evaluate(() => document.body.innerText).catch(() => "");
      throw new Error(`${error.message}${last ? ` (${last.message})` : ""}; the page says: ${shown.slice(0, 600)}`);
    }
  }

  tell(look, argument) {
    return this.page.evaluate(look, argument);
  }

  click(selector) {
    return this.page.click(selector);
  }

  press(key) {
    return this.page.keyboard.press(key);
  }

  async become(colorScheme, width) {
    await this.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await this.page.setViewportSize({ width, height: 900 });
  }

  /** The least contrast of any text that is shown, by WCAG 2. */
  contrast() {
    return this.page.evaluate(() => {
      const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
      // Whatever a colour is written as, a pixel of it has four numbers.
      const paint = (colours) => {
        canvas.clearRect(0, 0, 1, 1);
        for (const colour of colours) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); }
        return canvas.getImageData(0, 0, 1, 1).data;
      };
      const light = ([...rgb]) => {
        const [r, g, b] = rgb.slice(0, 3).map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const behind = (element) => {
        const colours = [];
        for (let at = element; at; at = at.parentElement) colours.unshift(getComputedStyle(at).backgroundColor);
        return colours;
      };
      let worst = { ratio: 99, text: "" }, cells = 0;
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const text = walker.currentNode.data.trim(), element = walker.currentNode.parentElement;
        if (!text || !element.checkVisibility() || element.closest("script, style, .unseen")) continue;
        cells += 1;
        const ground = behind(element);
        const pair = [light(paint(ground)), light(paint([...ground, getComputedStyle(element).color]))].sort((a, b) => b - a);
        const ratio = (pair[0] + 0.05) / (pair[1] + 0.05);
        if (ratio < worst.ratio) worst = { ratio, text: text.slice(0, 40) };
      }
      return { worst, cells, sideways: document.documentElement.scrollWidth > innerWidth };
    });
  }
}
