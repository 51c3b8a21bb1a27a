// make bench-web: how quickly the page shows much, in headless Chromium, and whether it grows
// while it follows. Each time is the median over the rounds, beside what it should reach.
//   ROUNDS=5       rounds
//   MINUTES=2      of live updates; 120 is the long form
//   PARTS=size,runs,cells,memory

import { drawn, launch } from "../lib/browser.mjs";
import { sleep } from "../lib/cleanup.mjs";
import { rest } from "../lib/contract.mjs";
import { startServer } from "../lib/server.mjs";
import { endless, short, spec } from "../lib/specs.mjs";
import { compressedAssets } from "../lib/assets.mjs";
import { history } from "./service_lists.mjs";
import { line, median, short as digits } from "./table.mjs";

const ROUNDS = Number(process.env.ROUNDS || 5);
const MINUTES = Number(process.env.MINUTES || 2);
const WARM_UP_MS = 20000;

rest(); // replies are not held against the contract here

const figures = new Map(); // name -> {values, unit, aim}
function note(name, value, unit, aim) {
  if (!figures.has(name)) figures.set(name, { values: [], unit, aim });
  figures.get(name).values.push(value);
}

/* What the test library asks of a test. */
async function during(f) {
  const ends = [];
  try {
    await f({ after: (end) => ends.push(end) });
  } finally {
    for (const end of ends) await end();
  }
}

/* Milliseconds from the navigation of a new browser profile until `there` is true. */
async function firstView(browser, url, there) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 } });
  const page = await context.newPage();
  await page.goto(url, { waitUntil: "commit" });
  const handle = await page.waitForFunction(there, null, { polling: "raf", timeout: 60000 });
  const took = await handle.jsonValue();
  await context.close();
  return took;
}

async function size() {
  note("all files of the page, each with gzip -9", compressedAssets() / 1000, "kB", "150");
}

async function runs(t) {
  const server = await history(t, 10000);
  await server.order(`/v1/jobs/21/cancel`);
  const browser = await launch(t);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, hash] of [["10,000 runs", "#/runs"],
      ["10,000 runs, filtered and sorted", "#/runs?filter=m0+%3E+1e6+and+tag+%3D+t3&sort=-m0"]]) {
      note(`first view of ${name}`, await firstView(browser, `${server.url}/${hash}`, () =>
        document.querySelectorAll("tbody.rows tr").length > 20 && performance.now()), "ms", "1,000");
    }
  }
}

async function cells(t) {
  const server = await startServer(t);
  const { id } = await server.submit(spec(short, { seeds: 10, evaluate: { every: 100 },
    stop: { accuracy: 0.9, epochs: 5 }, record: { weights: false }, sweep: {
      "/network/hidden/0": Array.from({ length: 20 }, (_, i) => i + 3),
      "/training/learning_rate": Array.from({ length: 10 }, (_, i) => 0.004 * (i + 1)) } }));
  await server.done(id, 300000);
  const browser = await launch(t);
  for (let round = 0; round < ROUNDS; round += 1) {
    note("a job of 200 cells with 10 seeds", await firstView(browser, `${server.url}/#/jobs/${id}`,
      () => document.querySelectorAll(".scroll tbody tr").length >= 200 &&
        document.querySelector(".legend li") && document.querySelector(".chart canvas") &&
        document.querySelectorAll("tbody.rows tr").length > 20 && performance.now()), "ms", "1,000");
  }
}

/* Bytes on the heap and elements, after a collection. */
async function weigh(session) {
  await session.send("HeapProfiler.collectGarbage");
  const { metrics } = await session.send("Performance.getMetrics");
  const of = (name) => metrics.find((metric) => metric.name === name).value;
  return { heap: of("JSHeapUsedSize"), nodes: of("Nodes"), listeners: of("JSEventListeners") };
}

async function memory(t) {
  const server = await startServer(t, { workers: 1 });
  await server.submit(spec(endless, { name: "at work", seeds: 20 })); // one takes half an hour
  const browser = await launch(t);
  const pages = [];
  for (const hash of ["#/jobs/1?x=samples&seeds=1", "#/runs/1?y=m1", "#/runs", "#/runs?by=cell",
    "#/compare?cells=1"]) {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${server.url}/${hash}`);
    const session = await page.context().newCDPSession(page);
    await session.send("Performance.enable");
    pages.push({ hash, page, session });
  }
  await drawn(pages[0].page);
  await sleep(WARM_UP_MS);
  for (const one of pages) one.before = await weigh(one.session);
  await sleep(MINUTES * 60000);
  for (const { hash, session, before } of pages) {
    const after = await weigh(session);
    note(`${hash}, ${MINUTES} min live: heap`, (after.heap - before.heap) / 2 ** 20, "MiB", "0");
    note(`${hash}, ${MINUTES} min live: nodes`, after.nodes - before.nodes, "", "0");
    note(`${hash}, ${MINUTES} min live: listeners`, after.listeners - before.listeners, "", "0");
  }
  await server.order("/v1/jobs/1/cancel");
}

const PARTS = { size, runs, cells, memory };
for (const part of (process.env.PARTS || Object.keys(PARTS).join()).split(",")) {
  await during(PARTS[part]);
}
console.log(line("", ["median", "", "to reach"]).replace(/^ {26}/, " ".repeat(52)));
for (const [name, { values, unit, aim }] of figures) {
  console.log(name.padEnd(52) + line("", [digits(median(values)), unit.padEnd(4), aim]).slice(26));
}
process.exit(0);
