// Chromium with our page in it, and everything the page complains about.
import assert from "node:assert/strict";
import fs from "node:fs";
import { chromium } from "playwright-core";
import { defer, plainEnvironment, until } from "./cleanup.mjs";

const PROGRAM = process.env.FRUGAL_CHROMIUM ?? "/usr/bin/chromium";
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/* A browser with a new, empty profile; it ends with the test. */
export async function launch(t) {
  const browser = await chromium.launch({ executablePath: PROGRAM, headless: true,
    args: FLAGS, env: plainEnvironment(), timeout: 60000 });
  defer(t, () => browser.close());
  return browser;
}

/* A page whose complaints fail the test, but for those that `expected` matches. */
export async function openPage(t, browser, url, { expected = /^$/, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 },
    reducedMotion: "reduce", ...options });
  context.setDefaultTimeout(30000);
  const complaints = [];
  const page = await context.newPage();
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.addInitScript(() => {
    window.violations = [];
    document.addEventListener("securitypolicyviolation", (event) =>
      window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
  });
  defer(t, async () => {
    const violations = await page.evaluate(() => window.violations).catch(() => []);
    await context.close();
    assert.deepEqual(violations, [], "violations of the content security policy");
    assert.deepEqual(complaints.filter((text) => !expected.test(text)), []);
  });
  await page.goto(url);
  return page;
}

/* How much is painted: {painted, colours} of the chart, and a hash of its `image`. */
export async function chartOf(page) {
  return page.evaluate(() => {
    const canvas = document.querySelector(".chart canvas");
    if (!canvas || canvas.width === 0) return { painted: 0, colours: 0, image: 0 };
    const { width, height } = canvas;
    const copy = new OffscreenCanvas(width, height)
      .getContext("2d", { willReadFrequently: true });
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(0, 0, width, height);
    const colours = new Set();
    let [painted, image] = [0, 0];
    for (let i = 0; i < data.length; i += 4) {
      const colour = data[i] << 16 | data[i + 1] << 8 | data[i + 2];
      image = Math.imul(image, 31) + colour + data[i + 3] | 0;
      if (data[i + 3] > 0) painted += 1;
      if (data[i + 3] === 255) colours.add(colour);
    }
    return { painted, colours: colours.size, image };
  });
}

export function drawn(page) {
  return until(async () => {
    const chart = await chartOf(page);
    return chart.painted > 2000 && chart.colours > 3 && chart;
  }, "a chart", 30000, 100);
}

/* The texts of a table's cells, row by row, as far as there are rows. */
export function rowsOf(page, selector) {
  return page.evaluate((place) => [...document.querySelectorAll(`${place} tbody tr:not(.spacer)`)]
    .map((row) => [...row.children].map((cell) => cell.innerText.trim())), selector);
}

/* The same for the table under a heading. */
export async function rowsUnder(page, title) {
  await page.evaluate((name) => {
    for (const part of document.querySelectorAll("section")) {
      const fits = part.querySelector("h2")?.textContent === name;
      part.toggleAttribute("data-under", fits);
    }
  }, title);
  return rowsOf(page, "section[data-under]");
}

/* Clicks and gives {name, bytes} of the file that comes. */
export async function downloaded(page, click) {
  const [download] = await Promise.all([page.waitForEvent("download"), click()]);
  return { name: download.suggestedFilename(),
    bytes: fs.readFileSync(await download.path()) };
}

/* "41 200" and "3.28×10⁹" as numbers. */
export function numberOf(text) {
  const plain = text.replace(/[\u202f\s]/g, "");
  const [, mantissa, exponent] = /^([-\d.]+)(?:×10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))?$/.exec(plain) ?? [];
  const digits = [...(exponent ?? "⁰")].map((c) =>
    c === "⁻" ? "-" : "⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(c)).join("");
  return Number(mantissa) * 10 ** Number(digits);
}
