// What is looked at inside of the page. Each function is handed to the browser as its text, and so uses
// nothing from outside.

/** What is wrong with any plot, in sentences. */
export function faultsOfPlots() {
  const faults = [];
  const shown = (element) => (element.textContent || element.getAttribute("class") || element.tagName).slice(0, 40);

  function plot(svg) {
    const name = svg.querySelector("title")?.textContent ?? "a plot without a title";
    const wrong = (what) => faults.push(`${name}: ${what}`);
    const { width, height } = svg.viewBox.baseVal;
    const isInside = ({ x, y, width: w, height: h }) => x >= -1 && y >= -1 && x + w <= width + 1 && y + h <= height + 1;

    if (svg.getAttribute("role") !== "img" || !svg.querySelector("desc")?.textContent) wrong("it doesn't say what it is");
    if (!svg.getAttribute("aria-labelledby").split(" ").every((id) => svg.querySelector(`[id="${id}"]`))) wrong("its label leads nowhere");
    const onPage = svg.getBoundingClientRect();
    // A plot of one bar is as high as the bar and its name.
    if (onPage.width < 200 || onPage.height < 20) wrong(`it is ${onPage.width} by ${onPage.height}`);

    for (const element of svg.querySelectorAll("*")) {
      for (const { name: attribute, value } of element.attributes) {
        if (/NaN|undefined|Infinity|null/.test(value)) wrong(`${attribute}="${value}"`);
      }
    }
    const marks = [...svg.querySelectorAll(".mark")];
    if (marks.length === 0) wrong("nothing is drawn");
    for (const mark of marks) {
      const box = mark.getBBox(), style = getComputedStyle(mark), onPage = mark.getBoundingClientRect();
      if (box.width + box.height <= 0 || onPage.width + onPage.height <= 0) wrong(`${shown(mark)} has no size`);
      if (!isInside(box)) wrong(`${shown(mark)} is outside`);
      if (style.stroke === "none" && style.fill === "none") wrong(`${shown(mark)} has no colour`);
      const pattern = /url\(["']?#([^"')]+)/.exec(style.fill)?.[1];
      if (pattern && !document.getElementById(pattern)) wrong(`the pattern ${pattern} is missing`);
    }
    texts(svg, wrong, isInside);
  }

  function texts(svg, wrong, isInside) {
    const all = [...svg.querySelectorAll("text")].map((text) => ({ text, box: text.getBBox() }));
    if (all.length < 2) wrong("it has no names");
    for (const { text, box } of all) {
      if (box.width <= 0) wrong(`a text is empty: ${shown(text)}`);
      if (!isInside(box)) wrong(`“${shown(text)}” is outside`);
    }
    // The boxes of texts are higher than what is seen of them.
    const overlap = (a, b) => a.x + 1 < b.x + b.width && b.x + 1 < a.x + a.width && a.y + 4 < b.y + b.height && b.y + 4 < a.y + a.height;
    all.forEach((one, at) => all.slice(at + 1).forEach((other) => {
      if (overlap(one.box, other.box)) wrong(`“${shown(one.text)}” is over “${shown(other.text)}”`);
    }));
  }

  document.querySelectorAll("figure svg").forEach(plot);
  return faults;
}

/** The least contrast of any text that is shown, by WCAG 2, texts of plots included. */
export function leastContrast() {
  // Computed colours are rgb(…) or rgba(…), whatever they were written as.
  const numbers = (colour) => {
    const [r, g, b, a = 1] = colour.match(/[\d.]+/g).map(Number);
    return { rgb: [r, g, b], a };
  };
  const over = (top, ground) => top.rgb.map((part, at) => part * top.a + ground[at] * (1 - top.a));
  const behind = (element) => {
    const grounds = [];
    for (let at = element; at; at = at.parentElement) grounds.unshift(numbers(getComputedStyle(at).backgroundColor));
    return grounds.reduce((ground, next) => over(next, ground), [255, 255, 255]);
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  let worst = { ratio: 99, text: "" }, texts = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.data.trim(), element = walker.currentNode.parentElement;
    if (!text || !element.checkVisibility() || ["title", "desc"].includes(element.tagName)) continue;
    texts += 1;
    const style = getComputedStyle(element), ground = behind(element);
    const ink = element.tagName === "text" ? style.fill : style.color;
    const pair = [light(ground), light(over(numbers(ink), ground))].sort((a, b) => b - a);
    const ratio = (pair[0] + 0.05) / (pair[1] + 0.05);
    if (ratio < worst.ratio) worst = { ratio, text: text.slice(0, 40) };
  }
  return { worst, texts, sideways: document.documentElement.scrollWidth > innerWidth };
}
