// The page of a finished job: head, cells, runs, costs, and its state in the URL.
import assert from "node:assert/strict";
import test from "node:test";
import { chartOf, drawn, launch, numberOf, openPage, rowsOf, rowsUnder } from "../lib/browser.mjs";
import { until } from "../lib/cleanup.mjs";
import { startServer } from "../lib/server.mjs";
import { short, spec } from "../lib/specs.mjs";

const WORK = spec(short, { name: "two sizes", note: "a note", tags: ["tag"], seeds: 3,
  evaluate: { every: 100 }, stop: { accuracy: 0.95, epochs: 5 },
  sweep: { "/network/hidden/0": [6, 24] } });

const section = (name) => `section:has(h2:text-is("${name}"))`;

/* "0.961 ± 0.003" and "(3.28 ± 0.02)×10⁹" as [mean, s.e.m.] */
function meanAndError(text) {
  const [, mean, sem, power] = /^\(?([^±]+)±([^)]+)\)?(×10.*)?$/.exec(text);
  return [mean, sem].map((part) => numberOf(part.trim() + (power ?? "")));
}

test("the page of a job", { timeout: 240000 }, async (t) => {
  const browser = await launch(t);
  const server = await startServer(t);
  await server.submit(WORK);
  assert.equal((await server.done(1)).state, "succeeded");

  async function open(t, hash = "#/jobs/1") {
    const page = await openPage(t, browser, `${server.url}/${hash}`);
    await page.getByRole("heading", { name: "two sizes" }).waitFor();
    await drawn(page);
    return page;
  }

  await t.test("head and chart", async (t) => {
    const page = await open(t);
    const head = await page.locator(".job-head").innerText();
    for (const text of ["two sizes", "succeeded", "tiny", "tag", "a note",
      "6 of 6 runs succeeded"]) assert.ok(head.includes(text), `${text} in ${head}`);
    const { painted, colours } = await chartOf(page);
    assert.ok(painted > 5000 && colours > 5, `${painted} pixels in ${colours} colours`);
    assert.match(await page.locator(".chart.curves").getAttribute("aria-label"),
      /test accuracy against M0, 2 lines/);
    assert.equal(await page.title(), "two sizes – frugal");
    assert.equal(await page.locator(section("Cells")).count(), 1);
  });

  await t.test("cells are mean ± s.e.m. over the seeds", async (t) => {
    const page = await open(t);
    const { cells } = await server.get("/v1/jobs/1/summary");
    const { cells: goals } =
      await server.get("/v1/jobs/1/summary?at=test_accuracy%3E%3D0.95&baseline=0");
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
      assert.match(row[10], i === 0 && goals[0].saving.m0.mean === 1 ? /^1 ± 0$/ : /±|^≥|^–$/);
    });
  });

  await t.test("runs, one row each, with their traces, sorted by the server", async (t) => {
    const page = await open(t);
    const runs = (await server.get("/v1/runs?sort=id")).items;
    const rows = await rowsUnder(page, "Runs");
    assert.equal(rows.length, runs.length);
    rows.forEach((row, i) => {
      const text = row.join(" ");
      assert.deepEqual([row[0], row[1]], [String(runs[i].id), String(runs[i].seed)]);
      assert.match(text, /succeeded.* goal/s);
      assert.ok(text.includes(runs[i].results.test_accuracy.toFixed(4)), text);
    });
    const href = await page.getByRole("link", { name: "trace of run 2 as CSV" })
      .getAttribute("href");
    const csv = await server.request(href);
    assert.deepEqual([csv.status, csv.headers["content-type"].split(";")[0]],
      [200, "text/csv"]);
    await page.getByRole("button", { name: "M0", exact: true }).click();
    const sorted = (await server.get("/v1/runs?sort=-m0")).items.map((run) => String(run.id));
    await until(async () => (await rowsUnder(page, "Runs"))[0]?.[0] === sorted[0], "the order");
    assert.deepEqual((await rowsUnder(page, "Runs")).map((row) => row[0]), sorted);
    assert.match(page.url(), /sort=-m0/);
    await page.goBack();
    await until(async () => (await rowsUnder(page, "Runs"))[0]?.[0] === "1", "the first order");
  });

  await t.test("the axes are in the URL, and Back works", async (t) => {
    const page = await open(t);
    const axes = page.getByRole("navigation", { name: "Against" });
    const now = () => axes.locator("[aria-current]").innerText();
    const at = (name) => until(async () => await now() === name, `the axis ${name}`, 10000);
    const images = [(await chartOf(page)).image];
    const other = async () => {
      const { image } = await drawn(page);
      return !images.includes(image) && image;
    };
    assert.equal(await now(), "M0");
    for (const [name, x] of [["M1", "m1"], ["samples", "samples"]]) {
      await axes.getByRole("link", { name, exact: true }).click();
      await at(name);
      assert.ok(page.url().endsWith(`#/jobs/1?x=${x}`), page.url());
      images.push(await until(other, `another picture for ${name}`));
    }
    await page.getByLabel("What is shown").selectOption("m0");
    await page.waitForURL(/y=m0/);
    await until(other, "the growth of the energy");
    await page.goBack();
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
    await page.goto(page.url().replace("x=m1", "x=nonsense&y=nonsense&zoom=1_a&show=77&cost=no"));
    await at("M0");
    await drawn(page);
  });

  await t.test("zoom by mouse and by keyboard, kept in the URL", async (t) => {
    const page = await open(t, "#/jobs/1?x=samples");
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
    await page.locator(".chart.curves").focus();
    await page.keyboard.press("+");
    await until(() => page.url().includes("zoom"), "zoom by keyboard");
    await page.keyboard.press("Escape");
    await until(() => !page.url().includes("zoom"), "everything again");
  });

  await t.test("cells can be taken out of the chart and put back", async (t) => {
    const page = await open(t);
    const legend = page.locator(".legend").first().locator("li");
    assert.equal(await legend.count(), 2);
    await page.getByLabel("draw cell 1:0").uncheck();
    await page.waitForURL(/show=1$/);
    await until(async () => await legend.count() === 1, "one line");
    await page.getByText("1 of 2 cells are drawn").waitFor();
    await page.goBack();
    await until(async () => await legend.count() === 2, "both lines");
    assert.equal(await page.getByLabel("draw cell 1:0").isChecked(), true);
  });

  await t.test("costs at a goal, their saving, and what the server refuses", async (t) => {
    const page = await open(t);
    const costs = page.locator("section.costs");
    const points = () => costs.locator("svg").first().locator("g > title").allTextContents();
    const metric = async (query) => (await server.get(`/v1/jobs/1/summary?${query}`)).cells
      .map((cell) => cell.metrics.m0);
    const agree = async (query) => {
      const wanted = await metric(query);
      return until(async () => {
        const texts = await points();
        return wanted.every(({ mean, n, at_least: bound }, i) => {
          const text = texts[i] ?? "";
          if (mean === null && bound === null) return true;
          const shown = /: (at least )?(.*), n = (\d+)$/.exec(text);
          const value = shown && (shown[1] ? numberOf(shown[2]) : meanAndError(shown[2])[0]);
          return shown && Number(shown[3]) === n && Boolean(shown[1]) === (mean === null) &&
            Math.abs(value / (mean ?? bound) - 1) < 0.02;
        });
      }, `the costs at ${query}`);
    };
    await agree("at=test_accuracy%3E%3D0.95");
    await costs.getByLabel("to reach a test accuracy of").fill("0.6");
    await page.keyboard.press("Enter");
    await page.waitForURL(/at=0\.6/);
    await agree("at=test_accuracy%3E%3D0.6");
    await costs.getByLabel("Baseline").selectOption("1:1");
    await page.waitForURL(/baseline=1%3A1/);
    const { cells } = await server.get("/v1/jobs/1/summary?at=test_accuracy%3E%3D0.6&baseline=1");
    await until(async () => (await rowsUnder(page, "Cells"))[1]?.[10] === "1 ± 0", "the baseline");
    const [saving] = meanAndError((await rowsUnder(page, "Cells"))[0][10]);
    assert.ok(Math.abs(saving / cells[0].saving.m0.mean - 1) < 0.1, String(saving));
    await costs.getByLabel("Cost in").selectOption("inefficiency_m1");
    await page.waitForURL(/cost=inefficiency_m1/);
    await costs.getByText("Nobody saves").waitFor();
    await page.reload();
    await drawn(page);
    assert.equal(await costs.getByLabel("to reach a test accuracy of").inputValue(), "0.6");
    await costs.getByLabel("to reach a test accuracy of").fill("");
    await page.keyboard.press("Enter");
    await page.waitForURL(/at=end/);
    await until(async () => /at the end/.test(await costs.locator("svg").first()
      .getAttribute("aria-label")), "the ends");
  });

  await t.test("the spec", async (t) => {
    const page = await open(t);
    await page.getByText("The spec, with all defaults").click();
    const shown = JSON.parse(await page.locator("details pre code").innerText());
    assert.deepEqual(shown, (await server.get("/v1/jobs/1")).spec);
  });

  await t.test("a goal that makes no sense is said at its place", async (t) => {
    const page = await openPage(t, browser, `${server.url}/#/jobs/1?at=much`,
      { expected: /Failed to load resource: .*400/ });
    await page.locator(".refused").getByText("is no goal").waitFor();
    await until(async () => (await rowsUnder(page, "Cells")).length === 2, "the cells anyway");
  });

  await t.test("the head says how many runs missed the goal", async (t) => {
    const { id } = await server.submit(spec(short, { name: "out of reach", seeds: 2,
      stop: { epochs: 1 }, sweep: { "/stop/accuracy": [0.2, 1] } }));
    await server.done(id);
    const { cells } = await server.get(`/v1/jobs/${id}/summary`);
    const missed = cells.reduce((sum, { outcomes }) => sum + (outcomes.epochs ?? 0), 0);
    assert.ok(missed > 0 && missed < 4, `${missed} of 4`);
    const page = await openPage(t, browser, `${server.url}/#/jobs/${id}`);
    await page.getByText(`4 of 4 runs succeeded, ${missed} missed the goal`).waitFor();
  });

  await t.test("a run that failed says why", async (t) => {
    const { id } = await server.submit(spec(short, { training: { learning_rate: 99 } }));
    await server.done(id);
    const page = await openPage(t, browser, `${server.url}/#/jobs/${id}`);
    await page.getByText(/the network diverged/).first().waitFor();
    await page.getByText("The runs left nothing to show.").waitFor();
    assert.match((await rowsUnder(page, "Runs"))[0].join(" "), /failed/);
    assert.match((await rowsUnder(page, "Cells"))[0].join(" "), /0\/1/);
    assert.equal((await rowsOf(page, ".costs")).length, 0);
  });
});
