// What a run shows while it is at work.
import assert from "node:assert/strict";
import test from "node:test";
import { sleep, until } from "../lib/cleanup.mjs";
import { startServer } from "../lib/server.mjs";
import { endless } from "../lib/specs.mjs";

test("rows, results and progress appear while a run is at work", async (t) => {
  const server = await startServer(t);
  const job = await server.submit(endless);
  const rows = async () => (await server.get("/v1/runs/1/trace")).columns.samples ?? [];
  const first = await until(async () => {
    const seen = await rows();
    return seen.length >= 3 && seen;
  }, "three rows");
  const before = await server.get("/v1/runs/1");
  const { length } = await rows();
  await until(async () => (await rows()).length > length + 3, "more rows");
  const after = await server.get("/v1/runs/1");
  assert.deepEqual([before.state, after.state, after.finished], ["running", "running", null]);
  assert.ok(after.results.samples > before.results.samples);
  assert.ok(after.progress.samples > before.progress.samples);
  assert.ok(after.progress.samples >= after.results.samples);
  assert.equal(after.progress.of, endless.stop.samples);
  assert.ok(after.progress.per_second > 0 && after.progress.seconds_left > 0);
  const now = await server.get(`/v1/jobs/${job.id}`);
  assert.equal(now.state, "running");
  assert.ok(now.progress > 0 && now.progress < 1);
  assert.deepEqual((await rows()).slice(0, first.length), first);
});

test("a reader who asks for what is new gets every row once", async (t) => {
  const server = await startServer(t);
  await server.submit(endless);
  let last = -1;
  const samples = [];
  while (samples.length < 60) {
    const trace = await server.get(`/v1/runs/1/trace?columns=samples&after=${last}`);
    samples.push(...(trace.columns.samples ?? []));
    if (trace.last !== null) {
      assert.ok(trace.last >= last);
      last = samples.length - 1;
    }
    await sleep(20);
  }
  samples.forEach((n, row) => assert.equal(n, row * 2000));
});

test("a row is there soon after it was computed", async (t) => {
  const server = await startServer(t);
  await server.submit(endless);
  const lag = async () => {
    const { progress, results } = await server.get("/v1/runs/1");
    return { samples: progress.samples - results.samples, rate: progress.per_second };
  };
  await until(async () => (await server.get("/v1/runs/1")).results, "the first row");
  await sleep(300);
  for (let i = 0; i < 10; i += 1) {
    const { samples, rate } = await lag();
    assert.ok(samples <= 2000 + 2 * rate, `${samples} samples behind at ${rate}/s`);
    await sleep(50);
  }
});
