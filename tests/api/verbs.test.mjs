// What can be done with jobs that exist: cancel, hold, release, retry, extend, change.
import assert from "node:assert/strict";
import path from "node:path";
import test from "node:test";
import { until } from "../lib/cleanup.mjs";
import * as paths from "../lib/paths.mjs";
import { startServer } from "../lib/server.mjs";
import { endless, short, spec } from "../lib/specs.mjs";

const states = async (server, job) =>
  (await server.get(`/v1/runs?job=${job}`)).items.map((run) => run.state);

async function running(server, run) {
  await until(async () => (await server.get(`/v1/runs/${run}`)).results, `run ${run} at work`);
}

/* The verb must be answered like this; the answer is returned. */
async function told(server, job, verb, body, status, words = /./) {
  const r = await server.order(`/v1/jobs/${job}/${verb}`, body);
  assert.equal(r.status, status, `${verb} ${JSON.stringify(body)}: ${r.text}`);
  if (status >= 400) assert.match(r.json().detail, words);
  return r.json();
}

test("cancel: waiting runs at once, those at work within a second, and their trace stays",
  async (t) => {
    const server = await startServer(t, { workers: 1 });
    await server.submit(spec(endless, { seeds: 3 }));
    await running(server, 1);
    const began = Date.now();
    const job = await told(server, 1, "cancel", {}, 202);
    assert.equal(job.runs.cancelled, 2);
    await until(async () => (await server.get("/v1/jobs/1")).state === "cancelled", "the end");
    assert.ok(Date.now() - began < 1000, `${Date.now() - began} ms`);
    const run = await server.get("/v1/runs/1");
    assert.deepEqual([run.state, run.outcome, run.reason], ["cancelled", "cancelled", null]);
    assert.ok(run.finished);
    const { last } = await server.get("/v1/runs/1/trace");
    assert.ok(last > 0);
    await told(server, 1, "cancel", {}, 200); // an answer that got lost is no error
    for (const verb of ["hold", "release"]) {
      await told(server, 1, verb, {}, 409, /job 1 is cancelled/);
    }
  });

test("cancel and retry of single runs", async (t) => {
  const server = await startServer(t, { workers: 1 });
  await server.submit(endless);
  await running(server, 1);
  await server.submit(spec(short, { seeds: 4 }));
  await told(server, 2, "cancel", { runs: [3, 5] }, 200);
  assert.deepEqual(await states(server, 2), ["queued", "cancelled", "queued", "cancelled"]);
  await told(server, 2, "retry", { runs: [3, 4] }, 409, /run 4 is queued/);
  assert.deepEqual(await states(server, 2), ["queued", "cancelled", "queued", "cancelled"]);
  await told(server, 2, "cancel", { runs: [3, 1] }, 404, /job 2 has no run 1/);
  await told(server, 2, "retry", { runs: [3] }, 200);
  await told(server, 1, "cancel", {}, 202);
  const job = await server.done(2);
  assert.deepEqual([job.state, job.runs.succeeded, job.runs.cancelled], ["cancelled", 3, 1]);
  await told(server, 2, "retry", { only: "failed" }, 409, /job 2 is cancelled/);
  await told(server, 2, "retry", {}, 200);
  assert.equal((await server.done(2)).state, "succeeded");
  await told(server, 2, "retry", {}, 409, /job 2 is succeeded/);
  await told(server, 2, "cancel", {}, 409, /job 2 is succeeded/);
  await told(server, 2, "retry", { runs: [2] }, 409, /run 2 is succeeded/);
  await told(server, 1, "retry", { runs: [1, 1] }, 200);
  await told(server, 1, "cancel", { runs: [1, 1] }, 202);
});

test("hold and release", async (t) => {
  const server = await startServer(t, { workers: 1 });
  await server.submit(endless);
  await running(server, 1);
  await server.submit(spec(short, { seeds: 3 }));
  const held = await told(server, 2, "hold", {}, 200);
  assert.deepEqual([held.state, held.runs.held, held.finished], ["held", 3, null]);
  await told(server, 2, "hold", {}, 200);
  await told(server, 1, "hold", {}, 409, /job 1 is running/);
  await told(server, 1, "cancel", {}, 202);
  await told(server, 2, "release", { runs: [3] }, 200);
  await until(async () => (await states(server, 2))[1] === "succeeded", "run 3");
  assert.deepEqual(await states(server, 2), ["held", "succeeded", "held"]);
  assert.equal((await server.get("/v1/runs/2")).place, null);
  assert.match((await server.get("/v1/runs/2/why")).why, /held/);
  await told(server, 2, "release", {}, 200);
  assert.equal((await server.done(2)).state, "succeeded");
});

test("a retry is a new attempt, and the history keeps the others", async (t) => {
  const server = await startServer(t, { workers: 1 });
  const { id } = await server.submit(spec(short, { training: { learning_rate: 99 } }));
  assert.equal((await server.done(id)).state, "failed");
  const before = await server.get("/v1/runs/1");
  await told(server, id, "retry", { only: "failed" }, 200);
  await until(async () => (await server.get("/v1/runs/1")).attempts === 2, "another attempt");
  await server.done(id);
  const { items } = await server.get("/v1/runs/1/attempts");
  assert.deepEqual(items.map((a) => [a.number, a.state, a.outcome]),
    [[1, "failed", "diverged"], [2, "failed", "diverged"]]);
  assert.deepEqual([items[0].started, items[0].finished, items[0].reason],
    [before.started, before.finished, before.reason]);
  assert.ok(items.every((a) => a.build && a.host && a.seconds > 0));
  assert.equal((await server.request("/v1/runs/9/attempts")).status, 404);
});

test("attempts come in pages", async (t) => {
  const server = await startServer(t);
  await server.submit(spec(short, { training: { learning_rate: 99 } }));
  await server.done(1);
  for (let i = 0; i < 4; i += 1) {
    await told(server, 1, "retry", {}, 200);
    await server.done(1);
  }
  const list = "/v1/runs/1/attempts";
  const sizes = [];
  const numbers = [];
  for (let page = await server.get(`${list}?limit=2`); ;
    page = await server.get(`${list}?limit=2&cursor=${page.next_cursor}`)) {
    assert.equal(page.run, 1);
    sizes.push(page.items.length);
    numbers.push(...page.items.map((a) => a.number));
    if (page.next_cursor === null) break;
  }
  assert.deepEqual([sizes, numbers], [[2, 2, 1], [1, 2, 3, 4, 5]]);
  assert.equal((await server.get(list)).next_cursor, null);
  assert.equal((await server.request(`${list}?limit=0`)).status, 400);
});

test("only whole words are keys of an order, or arguments of a query", async (t) => {
  const server = await startServer(t, { workers: 0 });
  await server.submit(short);
  for (const key of ["runs only", "run", "only ", "", "x".repeat(500)]) {
    const r = await server.order("/v1/jobs/1/retry", { [key]: [1] });
    assert.equal(r.status, 422, `${key}: ${r.text}`);
    assert.equal(r.json().errors[0].code, "unknown_key");
  }
  for (const argument of ["limit+cursor", "limit%20cursor", "limi", "+limit"]) {
    const r = await server.request(`/v1/jobs?${argument}=1`);
    assert.equal(r.status, 400, argument);
  }
});

test("extend runs only what is missing", async (t) => {
  const server = await startServer(t);
  const { id } = await server.submit(spec(short, { seeds: 2,
    sweep: { "/network/hidden/0": [5, 9], "/training/learning_rate": [0.01] } }));
  await server.done(id);
  const runs = async () => (await server.get(`/v1/runs?job=${id}`)).items;
  const before = await runs();
  const plan = (run) => [run.params["/network/hidden/0"], run.seed];
  assert.deepEqual(before.map(plan), [[5, 1], [5, 2], [9, 1], [9, 2]]);
  let job = await told(server, id, "extend", { seeds: [2, 7],
    sweep: { "/network/hidden/0": [9.0, 14], "/training/learning_rate": [0.01] } }, 200);
  assert.deepEqual([job.runs.total, job.cells, job.spec.seeds], [9, 3, [1, 2, 7]]);
  assert.deepEqual(job.spec.sweep["/network/hidden/0"], [5, 9, 14]);
  assert.equal((await server.done(id)).state, "succeeded");
  const after = await runs();
  assert.deepEqual(after.slice(0, 4), before, "what was there stays as it was");
  assert.deepEqual(after.slice(4).map(plan), [[5, 7], [9, 7], [14, 1], [14, 2], [14, 7]]);
  const { cells } = await server.get(`/v1/jobs/${id}/summary`);
  assert.deepEqual(cells.map((cell) => [cell.params["/network/hidden/0"], cell.runs,
    cell.metrics.m0.n]), [[5, 3, 3], [9, 3, 3], [14, 3, 3]]);
  job = await told(server, id, "extend", { seeds: 3 }, 200); // 3 is new
  assert.deepEqual([job.runs.total, job.spec.seeds], [12, [1, 2, 7, 3]]);
  await server.done(id);
  job = await told(server, id, "extend", { seeds: 3 }, 200); // and now it is there
  assert.deepEqual([job.runs.total, job.state], [12, "succeeded"]);
});

test("what a held job gets is held, too", async (t) => {
  const server = await startServer(t, { workers: 0 });
  await server.submit(spec(short, { seeds: 2 }));
  await told(server, 1, "hold", {}, 200);
  const held = await told(server, 1, "extend", { seeds: 3 }, 200);
  assert.deepEqual([held.state, held.runs.held, held.runs.queued], ["held", 3, 0]);
  const [, , third] = (await server.get("/v1/runs?job=1")).items;
  await told(server, 1, "release", { runs: [third.id] }, 200);
  const mixed = await told(server, 1, "extend", { seeds: 4 }, 200);
  assert.deepEqual([mixed.runs.held, mixed.runs.queued], [2, 2]);
  await told(server, 1, "cancel", {}, 200);
  const ended = await told(server, 1, "extend", { seeds: 5 }, 200);
  assert.deepEqual([ended.runs.held, ended.runs.queued], [0, 1]);
});

test("what cannot be extended", async (t) => {
  const server = await startServer(t);
  const { id } = await server.submit(spec(short, { sweep: { "/network/hidden/0": [5] } }));
  const bad = [
    [{}, ""], [{ seeds: 0 }, "/seeds"], [{ seeds: "x" }, "/seeds"], [{ seeds: [-1] }, "/seeds/1"],
    [{ sweep: [] }, "/sweep"], [{ sweep: { "/network/hidden/0": 7 } }, "/sweep/~1network~1hidden~10"],
    [{ sweep: { "/training/l2": [1] } }, "/sweep/~1training~1l2"], [{ name: "x" }, "/name"],
    [{ seeds: [] }, "/seeds"], [{ sweep: {} }, "/sweep"],
    [{ sweep: { "/network/hidden/0": [] } }, "/sweep/~1network~1hidden~10"],
    [{ seeds: 10001 }, "/seeds"], [{ seeds: 9000, sweep: { "/network/hidden/0": [6] } }, "/sweep"],
  ];
  for (const [body, pointer] of bad) {
    const r = await server.order(`/v1/jobs/${id}/extend`, body);
    assert.equal(r.status, 422, JSON.stringify(body));
    assert.equal(r.json().errors[0].pointer, pointer, r.text);
  }
  assert.equal((await server.order("/v1/jobs/99/extend", { seeds: 2 })).status, 404);
  assert.equal((await server.get(`/v1/jobs/${id}`)).runs.total, 1);
});

test("name, tags, note, priority and parallel may change", async (t) => {
  const server = await startServer(t, { workers: 1 });
  await server.submit(endless);
  await running(server, 1);
  await server.submit(short);
  await server.submit(short);
  const patch = (job, body) => server.order(`/v1/jobs/${job}`, body, "PATCH");
  const r = await patch(3, { name: "n", tags: ["t"], note: "o", priority: 7, parallel: 2 });
  assert.equal(r.status, 200, r.text);
  const { name, tags, note, priority, parallel } = r.json();
  assert.deepEqual({ name, tags, note, priority, parallel },
    { name: "n", tags: ["t"], note: "o", priority: 7, parallel: 2 });
  assert.equal((await server.get("/v1/runs/3")).place, 1);
  assert.equal((await server.get("/v1/runs/2")).place, 2);
  const again = (await patch(3, { parallel: null })).json();
  assert.deepEqual([again.parallel, again.name, again.priority], [null, "n", 7]);
  for (const [body, pointer] of [[{ priority: 1001 }, "/priority"], [{ tags: "x" }, "/tags"],
    [{ dataset: "mnist" }, "/dataset"], [{ seeds: 3 }, "/seeds"], [{ "": 1 }, "/"],
    [{ name: "x".repeat(201) }, "/name"], [{ parallel: 0 }, "/parallel"]]) {
    const bad = await patch(3, body);
    assert.equal(bad.status, 422, JSON.stringify(body));
    assert.equal(bad.json().errors[0].pointer, pointer);
  }
  assert.equal((await patch(3, "[]")).status, 422);
  assert.equal((await patch(99, { name: "x" })).status, 404);
});

test("a run that waits is expected when those at work are done, not sooner", async (t) => {
  const server = await startServer(t, { workers: 2 });
  await server.done((await server.submit(spec(short, { seeds: 3 }))).id);
  const job = await server.submit(spec(endless, { seeds: 3 }));
  const left = async (id) => (await server.get(`/v1/runs/${id}`)).progress?.seconds_left ?? 0;
  await until(async () => await left(4) > 100 && await left(5) > 100, "the time that is left");
  const w = await server.get("/v1/runs/6/why");
  assert.equal(w.place, 1);
  assert.ok(w.expected_seconds > 30, `expected in ${w.expected_seconds} s`);
  await told(server, job.id, "cancel", {}, 202);
});

test("the trash, and the way out of it in both directions", async (t) => {
  const server = await startServer(t, { workers: 1 });
  await server.done((await server.submit(spec(short, { seeds: 3 }))).id);
  await server.submit(endless);
  await running(server, 4);
  const erase = (path) => server.request(path, { method: "DELETE" });
  const list = async (query) => (await server.get(`/v1/jobs${query}`)).items.map((j) => j.id);
  let r = await erase("/v1/jobs/2");
  assert.equal(r.status, 409);
  assert.match(r.json().detail, /job 2 is running: cancel it first/);
  r = await erase("/v1/jobs/1?purge=1");
  assert.equal(r.status, 409);
  assert.match(r.json().detail, /trash/);
  r = await erase("/v1/jobs/1");
  assert.equal(r.status, 200, r.text);
  assert.ok(r.json().trashed);
  assert.equal((await erase("/v1/jobs/1")).status, 409);
  assert.deepEqual([await list(""), await list("?trash=1")], [[2], [1]]);
  assert.deepEqual((await server.get("/v1/runs")).items.map((run) => run.id), [4]);
  assert.equal((await server.get("/v1/runs/1")).state, "succeeded");
  for (const verb of ["cancel", "hold", "retry", "release"]) {
    await told(server, 1, verb, {}, 409, /job 1 is in the trash/);
  }
  assert.equal((await server.order("/v1/jobs/1/extend", { seeds: 9 })).status, 409);
  assert.equal((await server.order("/v1/jobs/1/restore")).status, 200);
  assert.equal((await server.order("/v1/jobs/1/restore")).status, 409);
  assert.deepEqual([await list(""), await list("?trash=1")], [[2, 1], []]);
  await erase("/v1/jobs/1");
  assert.equal((await erase("/v1/jobs/1?purge=1")).status, 200);
  for (const path of ["/v1/jobs/1", "/v1/runs/1", "/v1/runs/1/trace", "/v1/jobs/1/summary"]) {
    assert.equal((await server.request(path)).status, 404, path);
  }
  assert.equal((await erase("/v1/jobs/1")).status, 404);
  assert.deepEqual([await list(""), await list("?trash=1")], [[2], []]);
});

test("verbs that make no sense", async (t) => {
  const server = await startServer(t);
  await server.done((await server.submit(short)).id);
  for (const [body, status] of [["{", 400], ["[]", 422], [{ run: [1] }, 422],
    [{ runs: [] }, 422], [{ runs: 1 }, 422], [{ runs: ["1"] }, 422], [{ runs: [0] }, 422],
    [{ only: "x" }, 422], [{ only: "failed", runs: [1] }, 422]]) {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const r = await server.request("/v1/jobs/1/retry", { method: "POST", body: text,
      headers: { "Content-Type": "application/json" } });
    assert.equal(r.status, status, text);
    assert.match(r.headers["content-type"], /problem\+json/);
  }
  assert.equal((await server.order("/v1/jobs/9/cancel")).status, 404);
  assert.equal((await server.request("/v1/jobs/1/cancel", { method: "POST" })).status, 415);
  const elsewhere = { Origin: "http://evil.example", "Content-Type": "application/json" };
  for (const [path, method] of [["/v1/jobs/1/cancel", "POST"], ["/v1/jobs/1", "DELETE"]]) {
    assert.equal((await server.request(path, { method, headers: elsewhere })).status, 403);
  }
});

test("workers: more, fewer, and draining", async (t) => {
  const server = await startServer(t, { workers: 1 });
  await server.submit(spec(endless, { seeds: 5 }));
  const busy = (n) => until(async () => (await server.get("/v1/workers")).busy === n, `${n} at work`);
  const patch = (body) => server.order("/v1/workers", body, "PATCH");
  await busy(1);
  assert.equal((await patch({ count: 3 })).json().count, 3);
  await busy(3);
  await patch({ count: 2 });
  await told(server, 1, "cancel", { runs: [1] }, 202);
  await busy(2);
  const drained = (await patch({ draining: true })).json();
  assert.equal(drained.draining, true);
  await told(server, 1, "cancel", { runs: [2, 3] }, 202);
  await busy(0);
  assert.match((await server.get("/v1/runs/4/why")).why, /draining/);
  await patch({ draining: false });
  await busy(2);
  for (const body of [{ count: 0 }, { count: 1025 }, { count: "2" }, { draining: 1 }, { x: 1 }]) {
    assert.equal((await patch(body)).status, 422, JSON.stringify(body));
  }
});

test("workers that cannot all be started leave those there were", { skip: paths.sanitized }, async (t) => {
  const fault = path.join(paths.build, "tests", "no_thread.so");
  const server = await startServer(t, { workers: 2,
    env: { LD_PRELOAD: fault, FRUGAL_TEST_THREAD: "40" } });
  await server.submit(spec(endless, { seeds: 5 }));
  const state = async () => {
    const { count, busy } = await server.get("/v1/workers");
    return [count, busy];
  };
  await until(async () => (await state())[1] === 2, "2 at work");
  assert.equal((await server.order("/v1/workers", { count: 100 }, "PATCH")).status, 503);
  assert.deepEqual(await state(), [2, 2]);
  await server.order("/v1/workers", { count: 1 }, "PATCH");
  await server.order("/v1/jobs/1/cancel", { runs: [1] });
  await until(async () => (await state())[1] === 1, "1 at work");
  assert.deepEqual(await state(), [1, 1]);
});

test("a finished job with more to do is not finished", async (t) => {
  const server = await startServer(t);
  const { id } = await server.submit(spec(short, { seeds: [1] }));
  assert.notEqual((await server.done(id)).finished, null);
  await server.order("/v1/workers", { draining: true }, "PATCH");
  assert.equal((await server.order(`/v1/jobs/${id}/extend`, { seeds: [2] })).status, 200);
  assert.equal((await server.get(`/v1/jobs/${id}`)).finished, null);
  await server.order("/v1/workers", { draining: false }, "PATCH");
  assert.notEqual((await server.done(id)).finished, null);
});
