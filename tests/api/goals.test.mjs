// Energies where a goal is first reached, and savings against a baseline, against what is
// computed here from the whole traces.
import assert from "node:assert/strict";
import test from "node:test";
import { COSTS, METRICS } from "../lib/fields.mjs";
import { startServer } from "../lib/server.mjs";
import { endless, short, spec } from "../lib/specs.mjs";

const query = (more) => new URLSearchParams(more).toString();

const job = spec(short, { seeds: 4, evaluate: { every: 50 }, stop: { accuracy: null, epochs: 2 },
  sweep: { "/network/hidden/0": [4, 30] } });

/* The values at the first row that fits, or null. */
function firstRow(columns, fits) {
  const row = columns.samples.findIndex((_, i) => fits(columns, i));
  if (row < 0) return null;
  const at = (name) => columns[name][row];
  return { samples: at("samples"), epochs: at("epoch"), test_accuracy: at("test_accuracy"),
    m0: at("m0"), m1: at("m1"), m0_direct: at("m0_direct"), m1_direct: at("m1_direct"),
    inefficiency_m0: at("m0_direct") > 0 ? at("m0") / at("m0_direct") : null,
    inefficiency_m1: at("m1_direct") > 0 ? at("m1") / at("m1_direct") : null,
    maintenance: at("maintenance"), seconds: at("seconds") };
}

function close(actual, wanted, what) {
  if (wanted === null) return assert.equal(actual, null, what);
  return assert.ok(Math.abs(actual - wanted) <= 1e-9 * Math.max(1e-9, Math.abs(wanted)),
    `${what}: ${actual}, not ${wanted}`);
}

const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;

async function tracesOf(server, id) {
  const runs = (await server.get(`/v1/runs?job=${id}`)).items;
  const names = [...Object.keys((await server.get(`/v1/runs/${runs[0].id}/trace`)).columns), "seconds"];
  for (const run of runs) {
    run.trace = (await server.get(`/v1/runs/${run.id}/trace?columns=${names}`)).columns;
  }
  return runs;
}

function checkCell(cell, runs, fits) {
  const found = runs.map((run) => firstRow(run.trace, fits));
  const reached = found.filter((row) => row !== null);
  const missed = runs.filter((run, i) => found[i] === null);
  assert.deepEqual([cell.reached, cell.missed, cell.open], [reached.length, missed.length, 0]);
  for (const name of METRICS) {
    const got = cell.metrics[name];
    const values = reached.map((row) => row[name]).filter((x) => x !== null).sort((a, b) => a - b);
    const isCost = COSTS.includes(name);
    assert.deepEqual([got.n, got.missed], [values.length, missed.length], name);
    const whole = missed.length === 0 && values.length > 0;
    close(got.mean, whole ? mean(values) : null, `mean of ${name}`);
    close(got.max, whole ? values.at(-1) : null, `max of ${name}`);
    close(got.min, values.length && (whole || isCost) ? values[0] : null, `min of ${name}`);
    const floor = missed.map((run) => run.results[name]);
    close(got.at_least, missed.length && isCost ? mean([...values, ...floor]) : null,
      `lower bound of ${name}`);
  }
}

test("the first evaluation that reaches a goal, and the seeds that never do", async (t) => {
  const server = await startServer(t);
  const { id } = await server.submit(job);
  await server.done(id);
  const runs = await tracesOf(server, id);
  const ends = runs.map((run) => run.trace.test_accuracy.at(-1)).sort((a, b) => a - b);
  const bounds = [0, ends[0], ends[3], ends[5], ends[7], 1.1];
  let [wholes, parts] = [0, 0];
  for (const bound of bounds) {
    const { at, cells } = await server.get(`/v1/jobs/${id}/summary?${query({ at: `accuracy>=${bound}` })}`);
    assert.equal(at, `accuracy>=${bound}`);
    for (const cell of cells) {
      checkCell(cell, runs.filter((run) => run.cell === cell.cell),
        (columns, i) => columns.test_accuracy[i] >= bound);
      wholes += cell.missed === 0;
      parts += cell.missed > 0 && cell.reached > 0;
    }
  }
  assert.ok(wholes > 0 && parts > 0, "some cells reach it with all seeds, some with a part");
  const [cell] = (await server.get(`/v1/jobs/${id}/summary?${query({ at: "test_loss<=0.3" })}`)).cells;
  checkCell(cell, runs.filter((run) => run.cell === 0), (c, i) => c.test_loss[i] <= 0.3);
});

test("what is at work or was broken off may still reach it", async (t) => {
  const server = await startServer(t, { workers: 1 });
  const { id } = await server.submit(spec(endless, { seeds: 3 }));
  const path = `/v1/jobs/${id}/summary?${query({ at: "accuracy>=2" })}`;
  assert.deepEqual([(await server.get(path)).cells[0].open], [3]);
  await server.order(`/v1/jobs/${id}/cancel`);
  await server.done(id);
  const [cell] = (await server.get(path)).cells;
  assert.deepEqual([cell.reached, cell.missed, cell.open, cell.outcomes], [0, 0, 3, { cancelled: 3 }]);
  const bare = (await server.get(`/v1/jobs/${id}/summary?${query({ at: "samples>=0" })}`)).cells[0];
  assert.ok(bare.open >= 2 && bare.reached + bare.open === 3, "a run reaches for good");
});

test("savings are paired by seed", async (t) => {
  const server = await startServer(t);
  const { id } = await server.submit(job);
  const other = await server.submit(spec(job, { sweep: {}, seeds: [2, 3, 99] }));
  await Promise.all([server.done(id), server.done(other.id)]);
  const runs = (await server.get(`/v1/runs?job=${id}`)).items;
  const others = (await server.get(`/v1/runs?job=${other.id}`)).items;
  const check = (cell, baseline) => {
    const own = runs.filter((run) => run.cell === cell.cell);
    const pairs = own.map((run) => [run, baseline.find(({ seed }) => seed === run.seed)])
      .filter((pair) => pair[1]);
    assert.equal(cell.unpaired, own.length - pairs.length);
    assert.deepEqual(Object.keys(cell.saving).sort(), [...COSTS].sort());
    for (const name of ["samples", "m0", "m1"]) {
      const factors = pairs.map(([run, base]) => base.results[name] / run.results[name]);
      const got = cell.saving[name];
      const sd = Math.sqrt(factors.reduce((s, x) => s + (x - mean(factors)) ** 2, 0) /
        (factors.length - 1));
      assert.deepEqual([got.n, got.missed], [factors.length, 0]);
      close(got.mean, mean(factors), `saving of ${name}`);
      assert.ok(Math.abs(got.sem - sd / Math.sqrt(factors.length)) <= 1e-12 * mean(factors));
    }
  };
  const own = await server.get(`/v1/jobs/${id}/summary?baseline=1`);
  assert.deepEqual(own.baseline, { job: id, cell: 1 });
  for (const cell of own.cells) check(cell, runs.filter((run) => run.cell === 1));
  assert.equal(own.cells[1].saving.m0.mean, 1);
  assert.notEqual(own.cells[0].saving.m0.mean, 1);
  const foreign = await server.get(`/v1/jobs/${id}/summary?baseline=${other.id}:0`);
  for (const cell of foreign.cells) check(cell, others);
  assert.deepEqual(foreign.cells.map((cell) => cell.unpaired), [2, 2]);
  const nobody = await server.get(`/v1/jobs/${other.id}/summary?` +
    query({ baseline: `${id}:0`, at: "accuracy>=1.5" }));
  assert.deepEqual([nobody.cells[0].saving.m0.n, nobody.cells[0].saving.m0.mean,
    nobody.cells[0].saving.m0.missed, nobody.cells[0].unpaired], [0, null, 2, 1]);
});

test("a further cell leaves the bytes of the others as they are", async (t) => {
  const server = await startServer(t);
  const { id } = await server.submit(job);
  await server.done(id);
  const paths = [`summary?${query({ at: "accuracy>=0.5" })}`, "curves?x=m0", "curves"]
    .map((path) => `/v1/jobs/${id}/${path}`);
  const before = await Promise.all(paths.map((path) => server.get(path)));
  await server.order(`/v1/jobs/${id}/extend`, { sweep: { "/network/hidden/0": [9] } });
  await server.done(id);
  for (const [i, path] of paths.entries()) {
    const { cells } = await server.get(path);
    assert.equal(cells.length, 3);
    assert.equal(JSON.stringify(cells.slice(0, 2)), JSON.stringify(before[i].cells));
  }
});

test("the same as CSV", async (t) => {
  const server = await startServer(t);
  const { id } = await server.submit(job);
  await server.done(id);
  const path = `/v1/jobs/${id}/summary?${query({ at: "accuracy>=0.6", baseline: "0" })}`;
  const { cells } = await server.get(path);
  const r = await server.request(`${path}&format=csv`);
  assert.match(r.headers["content-type"], /^text\/csv/);
  const [head, ...lines] = r.text.trim().split("\n").map((line) => line.split(","));
  assert.deepEqual(head.slice(0, 7), ["cell", "/network/hidden/0", "runs", "finished", "reached",
    "missed", "open"]);
  assert.equal(lines.length, cells.length);
  for (const [i, line] of lines.entries()) {
    assert.equal(line.length, head.length);
    assert.equal(Number(line[1]), cells[i].params["/network/hidden/0"]);
    for (const [prefix, of] of [["", cells[i].metrics], ["saving_", cells[i].saving]]) {
      for (const [name, statistics] of Object.entries(of)) {
        for (const [part, value] of Object.entries(statistics)) {
          const text = line[head.indexOf(`${prefix}${name}_${part}`)];
          assert.equal(text === "" ? null : Number(text), value, `${prefix}${name}_${part}`);
        }
      }
    }
  }
});

test("goals and baselines that cannot be", async (t) => {
  const server = await startServer(t);
  const { id } = await server.submit(short);
  await server.done(id);
  for (const [wanted, status, detail] of [
    [{ at: "accuracy" }, 400, /column of the trace/],
    [{ at: "accuracy>0.9" }, 400, /column of the trace/],
    [{ at: "accuracy>=much" }, 400, /column of the trace/],
    [{ at: "accuracy>=nan" }, 400, /column of the trace/],
    [{ at: ">=1" }, 400, /column of the trace/],
    [{ at: `${"x".repeat(60)}>=1` }, 400, /column of the trace/],
    [{ at: `accuracy>=${"1".repeat(200)}` }, 400, /too long/],
    [{ at: "acuracy>=0.5" }, 404, /no column "acuracy"/],
    [{ baseline: "7" }, 404, /no cell 7/],
    [{ baseline: "99:0" }, 404, /job 99 has no cell 0/],
    [{ baseline: "-1" }, 400, /JOB:CELL/],
    [{ baseline: "1:" }, 400, /JOB:CELL/],
    [{ baseline: "1:0:0" }, 400, /JOB:CELL/],
    [{ baseline: "" }, 400, /JOB:CELL/],
    [{ format: "xml" }, 400, /json or csv/],
    [{ of: "m0" }, 400, /of/],
  ]) {
    const r = await server.request(`/v1/jobs/${id}/summary?${query(wanted)}`);
    assert.equal(r.status, status, `${JSON.stringify(wanted)}: ${r.text}`);
    assert.match(r.json().detail, detail);
  }
  assert.equal((await server.request("/v1/jobs/99/summary")).status, 404);
});

test("a run that diverged misses every goal, and gives no bound", async (t) => {
  const server = await startServer(t);
  const { id } = await server.submit(spec(short, { seeds: 2, evaluate: { every: 50 },
    sweep: { "/training/learning_rate": [0.01, 50] } }));
  await server.done(id);
  const { cells } = await server.get(`/v1/jobs/${id}/summary?${query({ at: "samples>=100000" })}`);
  assert.deepEqual(cells[1].outcomes, { diverged: 2 });
  for (const cell of cells) assert.deepEqual([cell.reached, cell.missed, cell.open], [0, 2, 0]);
  assert.ok(cells[0].metrics.m1.at_least > 0);
  for (const name of ["m0", "m1", "samples"]) {
    const { n, missed, mean, at_least: bound } = cells[1].metrics[name];
    assert.deepEqual([n, missed, mean, bound], [0, 2, null, null], name);
  }
});
