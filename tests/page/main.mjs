// What a person sees on a node's page: four real nodes, and a real browser.
import { Nodes } from "./nodes.mjs";
import { Looker, check } from "./looker.mjs";

const HOSTILE = "<img src=x onerror=document.title='taken'> by <script>alert(1)</script>";

const tests = {
  async "all nodes are in the table, and agree"({ nodes, page }) {
    await page.see("a row for each node", (ports) => {
      const shown = [...document.querySelectorAll("#rows td.node a")].map((link) => link.textContent);
      return ports.every((port) => shown.includes(String(port)));
    }, nodes.ports);
    await page.see("the verdict that all agree", () => document.querySelector("#verdict.good")?.textContent.includes("all 4 agree"));
    await page.see("a link to each node's own page", (ports) => ports.every((port) => document.querySelector(`#rows a[href="http://127.0.0.1:${port}/"]`)), nodes.ports);
    const { caption, live, heads } = await page.tell(() => ({
      caption: document.querySelector("#nodes caption").textContent,
      live: document.querySelector("#verdict").getAttribute("aria-live"),
      heads: [...document.querySelectorAll("#heads th[scope=col] button")].map((head) => head.textContent.replace(/[↑↓]/, "")),
    }));
    check(caption.length > 10 && live === "polite", "the table has a caption, and the verdict is announced");
    const wanted = "node alive book version knows peers in out duplicates bytes in bytes out age";
    check(heads.join(" ") === wanted, `the columns are ${heads.join(" ")}`);
  },

  async "a book that is set is seen without a reload"({ nodes, page }) {
    await page.tell(() => { window.isTheSamePage = true; });
    await nodes.set(1, "book", "Middlemarch by George Eliot");
    await page.see("the new book", (port) => seenBook(port) === "Middlemarch by George Eliot", nodes.ports[1]);
    check(await page.tell(() => window.isTheSamePage === true), "the page was not loaded anew");
  },

  async "markup in a book is shown as text"({ nodes, page }) {
    await nodes.set(2, "book", HOSTILE);
    await nodes.set(2, HOSTILE, HOSTILE);
    await page.see("the book as text", ([port, book]) => seenBook(port) === book, [nodes.ports[2], HOSTILE]);
    await page.click(`#rows tr:has(a[href$=":${nodes.ports[2]}/"]) td.book`);
    await page.see("its registers as text", (text) => [...document.querySelectorAll("#d-rows td")].filter((cell) => cell.textContent === text).length >= 3, HOSTILE);
    const harm = await page.tell(() => document.querySelectorAll("main img, main script").length > 0 || document.title === "taken");
    check(!harm, "nothing remote became markup");
    await page.press("Escape");
    await page.see("the details closed", () => document.querySelector("#detail").hidden);
  },

  async "a long value is cut, and its length is told"({ nodes, page }) {
    await nodes.set(1, "long", "x".repeat(5000));
    await page.click(`#rows tr:has(a[href$=":${nodes.ports[1]}/"]) td.book`);
    await page.see("how long it is", () => [...document.querySelectorAll("#d-rows td.value")].some((cell) => /^x+… \(5,000 characters\)$/.test(cell.textContent) && cell.textContent.length < 500));
    await page.press("Escape");
    await page.see("the details closed", () => document.querySelector("#detail").hidden);
  },

  async "a click on a head sorts"({ page }) {
    const ports = () => page.tell(() => [...document.querySelectorAll("#rows td.node a")].map((link) => Number(link.textContent)));
    const rising = await ports();
    await page.click("#heads th:first-child button");
    await page.see("the other way round", (first) => document.querySelector("#rows td.node a").textContent === String(first), rising.at(-1));
    check((await page.tell(() => document.querySelector("#heads th").getAttribute("aria-sort"))) === "descending", "the order is announced");
    await page.click("#heads th:first-child button");
  },

  async "every text can be read, light and dark, wide and narrow"({ page }) {
    for (const scheme of ["light", "dark"]) {
      for (const width of [1440, 390]) {
        await page.become(scheme, width);
        const { worst, cells, sideways } = await page.contrast();
        check(cells > 20, `${scheme} ${width}: only ${cells} texts are shown`);
        check(worst.ratio >= 4.5, `${scheme} ${width}: “${worst.text}” has a contrast of ${worst.ratio.toFixed(2)}, below 4.5`);
        check(!sideways, `${scheme} ${width}: the page must be scrolled sideways`);
      }
    }
    await page.become("light", 1440);
  },

  async "a node that is killed turns dead"({ nodes, page }) {
    await nodes.kill(3);
    await page.see("that it is silent", (port) => /silent/.test(document.querySelector(`#rows tr:has(a[href$=":${port}/"]) td.alive`).textContent), nodes.ports[3]);
    await page.see("a verdict that names it", (port) => document.querySelector("#verdict.warn")?.textContent.includes(String(port)), nodes.ports[3]);
  },

  async "a page whose node is gone says so, and recovers"({ nodes, page }) {
    page.expectLostConnections();
    await nodes.kill(0);
    await page.see("that the node no longer answers", () => document.querySelector("#verdict.bad")?.textContent.includes("no longer answers"));
    await page.see("that it is not connected", () => document.querySelector("#link").textContent.includes("not connected"));
    nodes.start(0);
    await page.see("that it is live again", () => document.querySelector("#link").textContent.includes("live") && !document.querySelector("#verdict.bad"));
  },
};

const nodes = new Nodes(process.env.RUMORMILL, 4);
let failed = 0, looker;
try {
  await nodes.ready();
  looker = await Looker.open(process.env.CHROMIUM, process.env.PACKAGES);
  const page = await looker.look(`http://127.0.0.1:${nodes.ports[0]}/`);
  for (const [name, test] of Object.entries(tests)) {
    try {
      await test({ nodes, page });
      page.mustBeQuiet();
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
  await nodes.stop();
}
console.log(failed ? `page: ${failed} failed` : `page: ok, ${Object.keys(tests).length} tests`);
process.exit(failed ? 1 : 0);
