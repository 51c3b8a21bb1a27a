// frugal compare and show against the server's summaries.
import assert from "node:assert/strict";
import test from "node:test";
import { clientOf } from "../lib/client.mjs";
import { startServer } from "../lib/server.mjs";
import { short, spec } from "../lib/specs.mjs";

const lines = (text) => text.split("\n").slice(0, -1);

/* Cells of two sizes with a goal that the small one misses with some or all seeds. */
async function withJobs(t) {
  const server = await startServer(t);
  const base = spec(short, { seeds: 3, evaluate: { every: 100 } });
  await server.submit(spec(base, { name: "a_b & 50%", stop: { accuracy: 0.9, epochs: 2 },
    sweep: { "/network/hidden/0": [1, 30] } }));
  await server.submit(spec(base, { name: "gated", stop: { accuracy: 0.9, epochs: 5 },
    network: { hidden: [30] }, plasticity: { gate: "wrong" } }));
  await server.submit(spec(base, { stop: { accuracy: 0.8, epochs: 2 } }));
  for (const id of [1, 2, 3]) await server.done(id);
  const summary = (id, more = "") =>
    server.get(`/v1/jobs/${id}/summary?at=test_accuracy%3E%3D0.9${more}`);
  return { client: clientOf(server), summary };
}

test("compare: a table of what the server says", async (t) => {
  const { client, summary } = await withJobs(t);
  const [missed, whole] = (await summary(1)).cells;
  assert.deepEqual([missed.reached, whole.reached], [0, 3]);

  const { code, out, err } = await client("compare", "1", "2:0", "--baseline", "1:1");
  assert.equal(code, 0, err);
  assert.match(err, /test_accuracy>=0\.9/);
  const [head, first, second, third] = lines(out);
  assert.match(head, /cell +job +hidden\.0 +at goal +samples +M0 +M1 +saving samples/);
  assert.match(first, / 0\/3 +≥ 1200 +≥ \S+ +≥ \S+ +- +- +-$/);
  assert.match(second, / 3\/3 .* 1 ± 0 +1 ± 0 +1 ± 0$/);
  assert.match(third, /^ *2:0 +gated .* 3\/3 /);

  const csv = lines((await client("compare", "1", "--csv", "-m", "m0")).out);
  assert.match(csv[0], /^job,cell,name,\/network\/hidden\/0,runs,reached,missed,open,m0_n,/);
  const { m0 } = whole.metrics;
  assert.ok(csv[2].startsWith(`1,1,a_b & 50%,30,3,3,0,0,3,0,${m0.mean},${m0.sd},${m0.sem},`), csv[2]);
  assert.ok(csv[1].endsWith(`,,,,,,,${missed.metrics.m0.at_least}`), csv[1]);

  const [row] = JSON.parse((await client("compare", "2:0", "--json", "-b", "1:1")).out);
  const [cell] = (await summary(2, "&baseline=1:1")).cells;
  assert.deepEqual(row, { ...cell, job: 2, name: "gated" });
});

test("compare --filter: runs of several jobs, told apart by their specs", async (t) => {
  const { client } = await withJobs(t);
  const { code, out, err } = await client("compare", "--filter", "spec.network.hidden.0 = 30",
    "--at", "accuracy>=0.8", "-m", "m0", "-b", "1:1");
  assert.equal(code, 0, err);
  const [head, ...rows] = lines(out);
  assert.match(head, /^cell +.*at goal +M0 +saving M0$/);
  assert.deepEqual(rows.map((row) => row.trim().split(/\s+/)[0]), ["1:1", "2:0"]);
  assert.match(rows[0], / 3\/3 .*1 ± 0$/);
  for (const words of [["compare"], ["compare", "1", "--filter", "job = 1"]]) {
    const none = await client(...words);
    assert.deepEqual([none.code, none.out], [2, ""]);
    assert.match(none.err, /which jobs or cells to compare, or which runs with --filter/);
  }
});

test("compare --latex escapes what LaTeX would obey", async (t) => {
  const { client } = await withJobs(t);
  const { code, out } = await client("compare", "1", "2", "--latex");
  assert.equal(code, 0);
  for (const part of ["\\begin{tabular}{rl", "\\toprule", "\\midrule", "\\bottomrule",
    "a\\_b \\& 50\\%", "$\\geq 1200$", "\\pm"]) assert.ok(out.includes(part), `${part} in ${out}`);
  const columns = lines(out).filter((line) => line.endsWith("\\\\"))
    .map((line) => line.split(/(?<!\\)&/).length);
  assert.deepEqual(columns, Array(4).fill(columns[0]));
});

test("rules have the names that plots give them", async (t) => {
  const server = await startServer(t);
  const client = clientOf(server);
  await server.submit(spec(short, { sweep: { "/plasticity": [{}, { gate: "wrong" },
    { compete: { fraction: [0.1, 1] } }] } }));
  await server.done(1);
  for (const args of [["compare", "1"], ["compare", "1", "--latex"], ["show", "1"]]) {
    const { code, out } = await client(...args);
    assert.equal(code, 0);
    for (const name of ["plain", "gate wrong", "compete fraction 0.1, 1"]) {
      assert.ok(out.includes(name), `${name} in ${out}`);
    }
    assert.doesNotMatch(out, /"|\\\{/, args.join(" "));
  }
});

test("compare says why there are no savings", async (t) => {
  const server = await startServer(t);
  const client = clientOf(server);
  await server.submit(spec(short, { seeds: 2, sweep: { "/training/learning_rate": [0.01, 100] } }));
  await server.submit(spec(short, { seeds: [7] }));
  for (const id of [1, 2]) await server.done(id);
  for (const [baseline, reason, ...more] of [
    ["1:1", "none of the 2 runs of the baseline 1:1 has succeeded, 2 diverged"],
    ["1:1", "none of the 2 runs of the baseline 1:1 has reached the goal, 2 diverged",
      "--at", "accuracy>=0.5"],
    ["2:0", "no seed of the baseline 2:0 is one of theirs"]]) {
    const { code, err } = await client("compare", "1", "-b", baseline, ...more);
    assert.equal(code, 0);
    assert.equal(lines(err).at(-1), `frugal: there are no savings: ${reason}`);
  }
  assert.doesNotMatch((await client("compare", "1", "-b", "1:0")).err, /no savings/);
});

test("compare: what makes no sense", async (t) => {
  const { client } = await withJobs(t);
  for (const [args, wanted, words] of [
    [["1", "3"], 2, /--at/], [["1", "-m", "m7"], 2, /no result "m7"/], [["1:x"], 2, /JOB:CELL/],
    [["1:9"], 4, /no cell 9/], [["9"], 4, /no such job/], [["1", "--csv", "--json"], 2, /exclude/],
  ]) {
    const { code, out, err } = await client("compare", ...args);
    assert.deepEqual([code, out], [wanted, ""], args.join(" "));
    assert.match(err, words);
  }
  assert.equal((await client("compare", "1", "3", "--at", "accuracy>=0.5")).code, 0);
  assert.notEqual((await client("compare", "1", "--at", "nonsense")).code, 0);
  assert.notEqual((await client("compare", "1", "--baseline", "7:0")).code, 0);
});

test("show says which seeds reached the goal, and never averages the others with them", async (t) => {
  const { client, summary } = await withJobs(t);
  const { out } = await client("show", "1");
  const [small, large] = lines(out).slice(-2);
  assert.match(lines(out).at(-3), /hidden\.0 +n +at goal +samples/);
  assert.match(small, /^1 +3 +0\/3 +≥ 1200 +≥ .* 0\.\d{4} ± /);
  assert.match(large, /^30 +3 +3\/3 +\d+ ± /);
  const json = JSON.parse((await client("show", "1", "--json")).out);
  assert.deepEqual(json.at_goal, await summary(1));
});
