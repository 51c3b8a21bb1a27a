// Charts: their files, opened and checked, the table beside each, the seeds, light and dark.
import assert from "node:assert/strict";
import test from "node:test";
import { chartOf, downloaded, drawn, launch, openPage, rowsOf } from "../lib/browser.mjs";
import { until } from "../lib/cleanup.mjs";
import { records } from "../lib/csv.mjs";
import { startServer } from "../lib/server.mjs";
import { short, spec } from "../lib/specs.mjs";
import { elements } from "../lib/xml.mjs";

const WORK = spec(short, { name: "with \"quotes\", commas", seeds: 3, evaluate: { every: 100 },
  stop: { accuracy: 0.95, epochs: 5 }, sweep: { "/network/hidden/0": [6, 24] } });
const RULES = spec(short, { name: "rules", seeds: 2, evaluate: { every: 250 },
  sweep: { "/plasticity": [{}, { gate: "wrong" }, { compete: { fraction: [0.01, 1] } }] } });
const by = (rule) => ({ compete: { fraction: [0.01, 1], by: rule } });
const MORE_RULES = { ...RULES, name: "more rules", sweep: { "/plasticity":
  [{}, { gate: "wrong" }, ...["update", "weight", "error", "activity"].map(by)] } };

/* Width and height in the head of a PNG. */
function sizeOfPng(bytes) {
  assert.equal(bytes.subarray(0, 8).toString("latin1"), "\x89PNG\r\n\x1a\n");
  assert.equal(bytes.subarray(12, 16).toString("latin1"), "IHDR");
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
}

test("charts", { timeout: 240000 }, async (t) => {
  const browser = await launch(t);
  const server = await startServer(t);
  for (const [i, work] of [WORK, RULES, MORE_RULES].entries()) {
    await server.submit(work);
    assert.equal((await server.done(i + 1)).state, "succeeded");
  }

  async function open(t, hash, options) {
    const page = await openPage(t, browser, `${server.url}/${hash}`, options);
    await drawn(page);
    return page;
  }
  const save = (page, what) => downloaded(page, () =>
    page.getByRole("button", { name: what, exact: true }).click());

  await t.test("curves as CSV are the server's, point by point", async (t) => {
    const page = await open(t, "#/jobs/1?x=m1");
    const file = await save(page, "test accuracy against M1 as CSV");
    assert.equal(file.name, "job-1-test_accuracy-m1.csv");
    const all = records(file.bytes.toString());
    const rows = all.filter((row) => !row.series.endsWith(" end"));
    const { cells } = await server.get("/v1/jobs/1/curves?x=m1&per_decade=20");
    const wanted = cells.flatMap((cell) => cell.x.map((x, i) => ({ series: `1:${cell.cell}`, x,
      y: cell.mean[i], sem: cell.sem[i], n: cell.n[i] })));
    assert.equal(rows.length, wanted.length);
    rows.forEach((row, i) => {
      const { series, x, y, sem, n } = wanted[i];
      assert.deepEqual([row.series, Number(row.m1), Number(row.test_accuracy), Number(row.n)],
        [series, x, y, n]);
      assert.equal(row.sem, sem === null ? "" : String(sem));
      assert.match(row.name, /^hidden\.0 = (6|24)$/);
    });
    const ends = (await server.get("/v1/jobs/1/summary")).cells.map(({ metrics }) =>
      [metrics.m1.mean, metrics.m1.sem, metrics.test_accuracy.mean, metrics.test_accuracy.sem]);
    assert.deepEqual(all.slice(rows.length).map((row) =>
      [row.m1, row.sem_m1, row.test_accuracy, row.sem].map(Number)), ends);
  });

  await t.test("where runs are missing the mean is thin, and the ends are marked", async (t) => {
    const page = await open(t, "#/jobs/1?x=samples");
    const { cells } = await server.get("/v1/jobs/1/curves?x=samples");
    const full = cells.map(({ n }) => n.filter((one) => one === Math.max(...n)).length);
    assert.ok(cells.some(({ n }, i) => full[i] < n.length), "no run ends before another");
    const note = "Mean ± s.e.m. of n = 3 seeds; thin where fewer are left; " +
      "marks: mean of the runs that succeeded, at their ends";
    await page.getByText(note).waitFor();
    const all = elements((await save(page, "test accuracy against samples as SVG")).bytes.toString());
    const paths = (name, value) => all.filter((e) => e.name === "path" &&
      e.attributes[name] === value).map((e) => e.attributes.d.match(/[ML]/g)?.length ?? 0);
    assert.deepEqual(paths("stroke-width", "1.7"), full);
    assert.equal(paths("stroke-width", "0.8").length,
      cells.filter(({ n }, i) => full[i] < n.length).length);
    assert.deepEqual(paths("fill-opacity", "0.16"), full.map((n) => 2 * n));
    assert.equal(all.filter((e) => e.name === "g" && e.attributes["stroke-width"] === "1.4").length, 2);
    assert.ok(all.some((e) => e.name === "text" && e.text === note), "the note");
  });

  await t.test("the table beside a chart has its numbers", async (t) => {
    const page = await open(t, "#/jobs/1?x=samples");
    await page.getByText("The numbers").first().click();
    const rows = await until(async () => {
      const found = await rowsOf(page, "details[open] table");
      return found.length > 0 && found;
    }, "the numbers");
    const { cells } = await server.get("/v1/jobs/1/curves?x=samples");
    const wanted = cells.flatMap((cell) => cell.x.map((x, i) => [String(x), String(cell.n[i])]));
    const shown = rows.map((row) => [row[1].replace(/\s/g, ""), row[3]]);
    assert.deepEqual(shown.slice(0, -2), wanted);
    assert.deepEqual(rows.slice(-2).map((row) => row[0]),
      ["hidden.0 = 6, at the end", "hidden.0 = 24, at the end"]);
    assert.match(rows.at(-1)[1], /±/);
  });

  await t.test("as SVG it is whole, with names on both axes, whatever the page looks like", async (t) => {
    const texts = [];
    for (const colorScheme of ["light", "dark"]) {
      const page = await open(t, "#/jobs/1", { colorScheme });
      const file = await save(page, "test accuracy against M0 as SVG");
      assert.equal(file.name, "job-1-test_accuracy-m0.svg");
      texts.push(file.bytes.toString());
    }
    assert.equal(texts[0], texts[1]);
    const all = elements(texts[0]);
    assert.equal(all[0].name, "svg");
    assert.equal(all[0].attributes.xmlns, "http://www.w3.org/2000/svg");
    const words = all.filter((e) => e.name === "text").map((e) => e.text);
    for (const word of ["test accuracy", "M0, number of synaptic changes", "hidden.0 = 6",
      "hidden.0 = 24", "goal 0.95"]) assert.ok(words.includes(word), `${word} in ${words}`);
    const lines = all.filter((e) => e.attributes["stroke-width"] === "1.7" && e.name === "path");
    assert.equal(lines.length, 2);
    assert.notEqual(lines[0].attributes["stroke-dasharray"], lines[1].attributes["stroke-dasharray"]);
    assert.ok(all.filter((e) => e.attributes["fill-opacity"]).length >= 2, "bands");
    assert.doesNotMatch(texts[0], /NaN|undefined|style=|class=/);
  });

  await t.test("as PNG it has dots enough to be printed", async (t) => {
    const page = await open(t, "#/jobs/1");
    const file = await save(page, "test accuracy against M0 as PNG");
    assert.equal(file.name, "job-1-test_accuracy-m0.png");
    assert.deepEqual(sizeOfPng(file.bytes), [2560, 1872]);
    assert.ok(file.bytes.length > 20000, `${file.bytes.length} bytes`);
  });

  await t.test("costs and savings have files, also where words stand below", async (t) => {
    const page = await open(t, "#/jobs/2");
    const csv = records((await save(page, "M0 at the end, against plasticity as CSV")).bytes.toString());
    const { cells } = await server.get("/v1/jobs/2/summary?baseline=0");
    assert.deepEqual(csv.map((row) => [row.plasticity, Number(row.m0), row.n, row.lower_bound]),
      ["plain", "gate wrong", "compete fraction (0.01, 1)"].map((words, i) =>
        [words, cells[i].metrics.m0.mean, "2", "0"]));
    const file = await save(page, "Saving in M0 against plasticity = plain, against plasticity as SVG");
    const all = elements(file.bytes.toString());
    const words = all.filter((e) => e.name === "text").map((e) => e.text);
    for (const word of ["plain", "gate wrong", "plasticity", "saving in M0, times"]) {
      assert.ok(words.includes(word), `${word} in ${words}`);
    }
    sizeOfPng((await save(page, "M0 at the end, against plasticity as PNG")).bytes);
  });

  await t.test("names below a chart stand apart, and say what tells them apart", async (t) => {
    const page = await open(t, "#/jobs/3");
    const texts = await page.locator(".costs svg").first().locator("text").evaluateAll((all) =>
      all.map((e) => ({ text: e.textContent, box: e.getBoundingClientRect().toJSON() })));
    for (const rule of ["weight", "error", "activity"]) {
      assert.ok(texts.some(({ text }) => text.includes(rule)), rule);
    }
    const meet = texts.flatMap((a, i) => texts.slice(i + 1).filter((b) =>
      a.box.left < b.box.right && b.box.left < a.box.right &&
      a.box.top + 2 < b.box.bottom && b.box.top + 2 < a.box.bottom)
      .map((b) => `${a.text} / ${b.text}`));
    assert.deepEqual(meet, []);
  });

  await t.test("seeds are thin lines, when somebody asks for them", async (t) => {
    const page = await open(t, "#/jobs/1?x=samples");
    const before = (await chartOf(page)).image;
    let traces = 0;
    page.on("request", (request) => { traces += /\/trace\?/.test(request.url()); });
    await page.getByLabel("single seeds").check();
    await page.waitForURL(/seeds=1/);
    await page.locator(".chart[aria-label*='6 single runs']").waitFor();
    await until(async () => (await chartOf(page)).image !== before, "another picture");
    assert.equal(traces, 6);
    const rows = records((await save(page, "test accuracy against samples as CSV")).bytes.toString());
    const thin = rows.filter((row) => row.seed !== "");
    const { columns } = await server.get("/v1/runs/1/trace");
    assert.deepEqual(thin.filter((row) => row.series === "run 1").map((row) =>
      [Number(row.samples), Number(row.test_accuracy), row.seed]),
    columns.samples.map((n, i) => [n, columns.test_accuracy[i], "1"]));
    await page.getByLabel("single seeds").uncheck();
    await until(async () => (await chartOf(page)).image === before, "the first picture");
  });

  await t.test("what stands under the mouse is said", async (t) => {
    const page = await open(t, "#/jobs/1?x=samples");
    const box = await page.locator(".chart .u-over").boundingBox();
    for (let i = 1; i < 20; i += 1) {
      await page.mouse.move(box.x + box.width / 2, box.y + box.height * i / 20);
    }
    await until(async () => {
      await page.mouse.move(box.x + box.width / 2, box.y + box.height * Math.random());
      return /hidden\.0 = \d+: test accuracy .* at samples .*, n = \d/.test(
        await page.locator(".readout").innerText());
    }, "the point under the mouse");
  });
});
