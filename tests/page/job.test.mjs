// The page of a finished job: chart, axis, tables.
import assert from "node:assert/strict";
import test from "node:test";
import { chartOf, drawn, launch, numberOf, openPage, rowsOf } from "../lib/browser.mjs";
import { until } from "../lib/cleanup.mjs";
import { startServer } from "../lib/server.mjs";
import { short, spec } from "../lib/specs.mjs";

const WORK = spec(short, { name: "two sizes", note: "a note", tags: ["tag"], seeds: 3,
  evaluate: { every: 100 }, stop: { accuracy: 0.95, epochs: 5 },
  sweep: { "/network/hidden/0": [6, 24] } });

const section = (name) => `section:has(> h2:text-is("${name}"))`;

async function rowsUnder(page, title) {
  const index = await page.evaluate((name) => [...document.querySelectorAll("section")]
    .findIndex((s) => s.querySelector("h2")?.textContent === name), title);
  return page.evaluate((i) => [...document.querySelectorAll("section")[i]
    .querySelectorAll("tbody tr")].map((row) =>
    [...row.children].map((cell) => cell.innerText.trim())), index);
}

/* "0.961 ± 0.003" and "(3.28 ± 0.02)×10⁹" as [mean, s.e.m.] */
function meanAndError(text) {
  const [, mean, sem, power] = /^\(?([^±]+)±([^)]+)\)?(×10.*)?$/.exec(text);
  return [mean, sem].map((part) => numberOf(part.trim() + (power ?? "")));
}

async function ready(t, browser, hash = "#/jobs/1") {
  const server = await startServer(t);
  await server.submit(WORK);
  assert.equal((await server.done(1)).state, "succeeded");
  const page = await openPage(t, browser, `${server.url}/${hash}`);
  await page.getByRole("heading", { name: "two sizes" }).waitFor();
  await drawn(page);
  return { server, page };
}

test("the page of a job", { timeout: 240000 }, async (t) => {
  const browser = await launch(t);

  await t.test("head and chart", async (t) => {
    const { page } = await ready(t, browser);
    const head = await page.locator(".job-head").innerText();
    for (const text of ["two sizes", "succeeded", "tiny", "tag", "a note",
      "6 of 6 runs succeeded"]) assert.ok(head.includes(text), `${text} in ${head}`);
    const { painted, colours } = await chartOf(page);
    assert.ok(painted > 5000 && colours > 5, `${painted} pixels in ${colours} colours`);
    assert.match(await page.locator(".chart").getAttribute("aria-label"),
      /accuracy against M0.* 6 runs/);
    assert.equal(await page.title(), "two sizes – frugal");
    assert.equal(await page.locator(section("Cells")).count(), 1);
  });

  await t.test("cells are mean ± s.e.m. over the seeds", async (t) => {
    const { server, page } = await ready(t, browser);
    const { cells } = await server.get("/v1/jobs/1/summary");
    const { cells: goals } = await server.get("/v1/jobs/1/summary?at=test_accuracy%3E%3D0.95");
    const rows = await rowsUnder(page, "Cells");
    assert.equal(rows.length, 2);
    const names = ["samples", "m0", "m1", "test_accuracy"];
    rows.forEach((row, i) => {
      assert.deepEqual(row.slice(0, 4), [String(i), String([6, 24][i]), "3/3",
        `${goals[i].reached}/3`]);
      names.forEach((name, at) => {
        const wanted = (name === "test_accuracy" ? cells : goals)[i].metrics[name];
        if (wanted.at_least !== null) return assert.match(row[4 + at], /^≥ /);
        const [mean, sem] = meanAndError(row[4 + at]);
        assert.ok(Math.abs(mean - wanted.mean) <= wanted.sem,
          `${name}: ${row[4 + at]} for ${wanted.mean}`);
        assert.ok(Math.abs(sem / wanted.sem - 1) < 0.35 || wanted.sem === sem,
          `${name}: ${row[4 + at]} for ${wanted.sem}`);
      });
    });
  });

  await t.test("runs, one row each, with their traces", async (t) => {
    const { server, page } = await ready(t, browser);
    const runs = (await server.get("/v1/runs")).items;
    const rows = await rowsUnder(page, "Runs");
    assert.equal(rows.length, runs.length);
    rows.forEach((row, i) => {
      const text = row.join(" ");
      assert.equal(row[0], String(runs[i].id));
      assert.equal(row[1], String(runs[i].seed));
      assert.match(text, /succeeded.* goal/s);
      assert.ok(text.includes(runs[i].results.test_accuracy.toFixed(4)), text);
    });
    const href = await page.getByRole("link", { name: "trace of run 2 as CSV" })
      .getAttribute("href");
    const csv = await server.request(href);
    assert.deepEqual([csv.status, csv.headers["content-type"].split(";")[0]],
      [200, "text/csv"]);
  });

  await t.test("the axis is in the URL, and Back works", async (t) => {
    const { page } = await ready(t, browser);
    const axes = page.locator("nav.switch");
    const now = () => axes.locator("[aria-current]").innerText();
    const at = (name) => until(async () => await now() === name, `the axis ${name}`, 10000);
    const images = [(await chartOf(page)).image];
    assert.equal(await now(), "M0");
    for (const [name, x] of [["M1", "m1"], ["samples", "samples"]]) {
      await axes.getByRole("link", { name, exact: true }).click();
      await at(name);
      assert.ok(page.url().endsWith(`#/jobs/1?x=${x}`), page.url());
      images.push((await drawn(page)).image);
    }
    assert.equal(new Set(images).size, 3, "each axis gives another picture");
    await page.goBack();
    await at("M1");
    await page.goBack();
    await at("M0");
    assert.ok(page.url().endsWith("#/jobs/1"));
    await page.goForward();
    await at("M1");
    await page.reload();
    await drawn(page);
    assert.equal(await now(), "M1");
    await page.goto(page.url().replace("x=m1", "x=nonsense"));
    await at("M0");
  });

  await t.test("zoom by mouse and by keyboard, kept in the URL", async (t) => {
    const { page } = await ready(t, browser, "#/jobs/1?x=samples");
    const box = await page.locator(".chart .u-over").boundingBox();
    const before = (await chartOf(page)).image;
    await page.mouse.move(box.x + box.width * 0.3, box.y + box.height * 0.2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.7, box.y + box.height * 0.8, { steps: 5 });
    await page.mouse.up();
    await page.waitForURL(/zoom=/);
    await until(async () => (await chartOf(page)).image !== before, "another picture");
    await page.reload();
    await drawn(page);
    assert.match(page.url(), /x=samples&zoom=/);
    await page.getByRole("button", { name: "Show everything" }).click();
    await until(() => !page.url().includes("zoom"), "everything again");
    await page.locator(".chart").focus();
    await page.keyboard.press("+");
    await until(() => page.url().includes("zoom"), "zoom by keyboard");
    await page.keyboard.press("Escape");
    await until(() => !page.url().includes("zoom"), "everything again");
  });

  await t.test("the numbers in the chart, and the spec", async (t) => {
    const { server, page } = await ready(t, browser, "#/jobs/1?x=samples");
    await page.getByText("The numbers in the chart").click();
    const rows = await until(async () => {
      const found = await rowsOf(page, "details[open] table");
      return found.length > 0 && found;
    }, "the numbers");
    const traces = await Promise.all([1, 2, 3, 4, 5, 6].map((run) =>
      server.get(`/v1/runs/${run}/trace`)));
    const points = traces.flatMap(({ run, columns }) => columns.samples.map((n, i) =>
      [run, n, columns.test_accuracy[i].toFixed(4)]));
    assert.deepEqual(rows.map((row) => [Number(row[0]), numberOf(row[2]), row[5]]), points);
    await page.getByText("The spec, with all defaults").click();
    const shown = JSON.parse(await page.locator("details pre code").innerText());
    assert.deepEqual(shown, (await server.get("/v1/jobs/1")).spec);
  });

  await t.test("a run that failed says why", async (t) => {
    const server = await startServer(t);
    await server.submit(spec(short, { training: { learning_rate: 99 } }));
    await server.done(1);
    const page = await openPage(t, browser, `${server.url}/#/jobs/1`);
    await page.getByText(/the network diverged/).first().waitFor();
    assert.match((await rowsUnder(page, "Runs"))[0].join(" "), /failed/);
    assert.match((await rowsUnder(page, "Cells"))[0].join(" "), /0\/1/);
  });
});
