// Curves over the seeds of a cell, against what is computed here from the whole traces.
import assert from "node:assert/strict";
import test from "node:test";
import { startServer } from "../lib/server.mjs";
import { short, spec } from "../lib/specs.mjs";

const rules = { "/plasticity": [{}, { gate: "wrong" }, { cache: { threshold: 0.02, decay: 0.01 } }] };
const job = spec(short, { seeds: 5, sweep: rules, evaluate: { every: 20 },
  stop: { accuracy: 0.93, epochs: 3 } });

async function tracesOf(server, id) {
  const runs = (await server.get(`/v1/runs?job=${id}`)).items;
  for (const run of runs) run.trace = (await server.get(`/v1/runs/${run.id}/trace`)).columns;
  return runs;
}

/* The height of a trace at x by the rule of the interface, or null. */
function heightAt(trace, [x, y], log, at) {
  const rows = trace[x].map((value, i) => [value, trace[y][i]])
    .filter(([value]) => !log || value > 0);
  if (rows.length === 0 || at < rows[0][0] || at > rows.at(-1)[0]) return null;
  const i = rows.findLastIndex(([value]) => value <= at);
  const [[x0, y0], [x1, y1]] = [rows[i], rows[Math.min(i + 1, rows.length - 1)]];
  if (x1 === x0 || at === x0) return y0;
  const on = log ? Math.log10 : (value) => value;
  return y0 + (on(at) - on(x0)) / (on(x1) - on(x0)) * (y1 - y0);
}

function close(actual, wanted, what) {
  assert.ok(Math.abs(actual - wanted) <= 1e-9 * Math.max(1e-3, Math.abs(wanted)),
    `${what}: ${actual}, not ${wanted}`);
}

function checkCurve(cell, runs, axes, log) {
  assert.equal(cell.runs, runs.length);
  cell.x.forEach((x, i) => {
    const values = runs.map((run) => heightAt(run.trace, axes, log, x)).filter((y) => y !== null);
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const squares = values.reduce((sum, y) => sum + (y - mean) ** 2, 0);
    const what = `${axes} of cell ${cell.cell} at ${x}`;
    assert.equal(cell.n[i], values.length, what);
    if (values.length > 0) close(cell.mean[i], mean, what);
    if (values.length > 1) close(cell.sem[i], Math.sqrt(squares / (values.length - 1) / values.length), what);
    else assert.equal(cell.sem[i], null, `${what}: no band for one run`);
  });
}

test("means and bands on logarithmic and linear grids", async (t) => {
  const server = await startServer(t);
  const { id } = await server.submit(job);
  await server.done(id);
  const runs = await tracesOf(server, id);
  let alone = 0;
  for (const [path, axes, perDecade, step] of [
    ["", ["samples", "test_accuracy"], 0, 20],
    ["?x=samples&step=7.5", ["samples", "test_accuracy"], 0, 7.5],
    ["?x=m0", ["m0", "test_accuracy"], 20, 0],
    ["?x=m1&y=m1_direct&per_decade=50", ["m1", "m1_direct"], 50, 0],
    ["?x=m1_layer2&y=test_loss&step=0.5", ["m1_layer2", "test_loss"], 0, 0.5],
    ["?x=epoch&y=m0", ["epoch", "m0"], 0, 20 / 600],
  ]) {
    const { x, y, grid, cells } = await server.get(`/v1/jobs/${id}/curves${path}`);
    assert.deepEqual([x, y], axes);
    assert.equal(grid.scale, perDecade > 0 ? "log" : "linear");
    assert.equal(cells.length, 3);
    for (const cell of cells) {
      assert.ok(cell.x.length > 4, `${path}: ${cell.x.length} points`);
      for (const [i, at] of cell.x.entries()) {
        const k = perDecade > 0 ? Math.log10(at) * perDecade : at / (step || 1);
        if (path !== "?x=epoch&y=m0") close(k, Math.round(k), `${path}: point ${i} at ${at}`);
        assert.ok(i === 0 || at > cell.x[i - 1]);
      }
      const own = runs.filter((run) => run.cell === cell.cell);
      checkCurve(cell, own, axes, perDecade > 0);
      alone += cell.n.filter((n) => n === 1).length;
      const ends = own.map((run) => run.trace[axes[0]].at(-1));
      const next = perDecade > 0 ? 10 ** (1 / perDecade) : 1;
      const distance = perDecade > 0 ? cell.x.at(-1) * next : cell.x.at(-1) + (cell.x[1] - cell.x[0]);
      assert.ok(distance > Math.max(...ends) * (1 - 1e-9), `${path}: the grid goes to the end`);
    }
  }
  assert.ok(alone > 0, "somewhere one run goes on alone");
});

test("the same as CSV; runs that have not begun count for nothing", async (t) => {
  const server = await startServer(t, { workers: 1 });
  const { id } = await server.submit(job);
  await server.done(id);
  const { cells } = await server.get(`/v1/jobs/${id}/curves?x=m0`);
  const r = await server.request(`/v1/jobs/${id}/curves?x=m0&format=csv`);
  const text = r.text.split("\n");
  assert.equal(text[0], "cell,/plasticity,m0,n,test_accuracy_mean,test_accuracy_sd," +
    "test_accuracy_sem,test_accuracy_min,test_accuracy_max");
  assert.equal(text.length - 2, cells.reduce((n, cell) => n + cell.x.length, 0));
  const gate = text.find((line) => line.startsWith("1,"));
  assert.match(gate, /^1,"\{""gate"":""wrong""\}",/);
  assert.deepEqual(gate.split(",").slice(2).map((x) => (x === "" ? null : Number(x))),
    ["x", "n", "mean", "sd", "sem", "min", "max"].map((name) => cells[1][name][0]));

  await server.order("/v1/workers", { draining: true }, "PATCH");
  const waiting = await server.submit(job);
  const empty = await server.get(`/v1/jobs/${waiting.id}/curves`);
  assert.deepEqual(empty.cells.map(({ runs, x, n }) => [runs, x, n]), Array(3).fill([5, [], []]));
});

test("axes that cannot be", async (t) => {
  const server = await startServer(t);
  const { id } = await server.submit(short);
  await server.done(id);
  for (const [query, status, detail] of [
    ["x=test_accuracy", 400, /never falls/],
    ["x=m0_direct", 400, /never falls/],
    ["x=m7", 404, /no column "m7"/],
    ["y=acuracy", 404, /"acuracy"/],
    [`y=${"a".repeat(200)}`, 400, /too long/],
    ["step=0", 400, /above 0/],
    ["step=-1", 400, /above 0/],
    ["step=inf", 400, /above 0/],
    ["step=1x", 400, /above 0/],
    ["per_decade=0", 400, /1 to 1000/],
    ["x=m0&per_decade=5&step=7", 400, /one of them/],
    ["step=0.0001", 400, /coarser/],
    ["x=m1&step=1e-300", 400, /coarser/],
    ["z=1", 400, /z/],
  ]) {
    const r = await server.request(`/v1/jobs/${id}/curves?${query}`);
    assert.equal(r.status, status, `${query}: ${r.text}`);
    assert.match(r.json().detail, detail, query);
  }
  assert.equal((await server.request("/v1/jobs/99/curves")).status, 404);
});
