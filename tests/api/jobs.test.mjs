// Submitting a job, looking at it, and the list of jobs.
import assert from "node:assert/strict";
import test from "node:test";
import { until } from "../lib/cleanup.mjs";
import * as fields from "../lib/fields.mjs";
import { startServer } from "../lib/server.mjs";
import { endless, long, short, spec } from "../lib/specs.mjs";

const { sorted } = fields;

test("a submission answers 201 with its place and the whole job", async (t) => {
  const server = await startServer(t);
  const given = spec(short, { name: "first", tags: ["a", "b"], note: "why", seeds: 2,
    sweep: { "/network/hidden/0": [5, 9] } });
  const r = await server.post(given);
  assert.equal(r.status, 201, r.text);
  const job = r.json();
  assert.equal(r.headers.location, `/v1/jobs/${job.id}`);
  assert.deepEqual(sorted(Object.keys(job)), sorted(fields.JOB));
  assert.deepEqual(sorted(Object.keys(job.runs)), sorted(fields.JOB_RUNS));
  assert.deepEqual([job.name, job.tags, job.note, job.dataset, job.cells, job.runs.total],
    ["first", ["a", "b"], "why", "tiny", 2, 4]);
  assert.match(job.created, fields.TIME);
  assert.ok(Math.abs(Date.parse(job.created) - Date.now()) < 60000);

  const done = await server.done(job.id);
  assert.deepEqual([done.state, done.progress, done.runs.succeeded], ["succeeded", 1, 4]);
  assert.match(done.started, fields.TIME);
  assert.match(done.finished, fields.TIME);
  assert.ok(done.created <= done.started && done.started <= done.finished);
  assert.deepEqual(await server.get(r.headers.location), done);
});

test("the stored spec has every default and gives the same job again", async (t) => {
  const server = await startServer(t);
  const job = await server.submit({ dataset: "tiny" });
  const table = (await server.get("/v1/spec")).fields;
  for (const { pointer, default: standard, required } of table) {
    const value = at(job.spec, pointer);
    assert.notEqual(value, undefined, pointer);
    if (!required && value !== OFF) assert.deepEqual(value, standard, pointer);
  }
  const again = await server.submit(job.spec);
  assert.deepEqual(again.spec, job.spec);
});

const OFF = Symbol("below a section that is null");

function at(document, pointer) {
  const below = (value, key) => value === null || value === OFF ? OFF : value?.[key];
  return pointer.split("/").slice(1).reduce(below, document);
}

test("a dry run stores nothing", async (t) => {
  const server = await startServer(t);
  const given = spec(short, { seeds: 3, sweep: { "/training/learning_rate": [0.01, 0.1] } });
  const r = await server.post(given, { query: "?dry_run=1" });
  assert.equal(r.status, 200, r.text);
  const plan = r.json();
  assert.deepEqual(sorted(Object.keys(plan)), ["cells", "runs", "seconds", "spec"]);
  assert.deepEqual([plan.cells, plan.runs], [2, 6]);
  assert.deepEqual(plan.spec.seeds, [1, 2, 3]);
  assert.equal(plan.spec.network.activation, "leaky_relu");
  assert.equal(r.headers.location, undefined);

  const wrong = await server.post({ dataset: "tiny", nme: 1 }, { query: "?dry_run=1" });
  assert.equal(wrong.status, 422);
  for (const query of ["?dry_run=2", "?dry_run=x", "?dry_run="]) {
    assert.equal((await server.post(given, { query })).status, 400, query);
  }
  assert.deepEqual(await server.get("/v1/jobs"), { items: [], next_cursor: null });
  assert.deepEqual(await server.get("/v1/runs"), { items: [], next_cursor: null });

  assert.equal((await server.post(given, { query: "?dry_run=0" })).status, 201);
});

test("a dry run says about how long it would take", async (t) => {
  const server = await startServer(t);
  const seconds = async (more) => {
    const r = await server.post(spec(short, more), { query: "?dry_run=1" });
    assert.equal(r.status, 200, r.text);
    return r.json().seconds;
  };
  const once = await seconds({});
  assert.ok(once > 0 && once < 10, `${once} s for milliseconds of work`);
  const close = (value, wanted) => assert.ok(Math.abs(value / wanted - 1) < 1e-9,
    `${value} for ${wanted}`);
  close(await seconds({ seeds: 4 }), 4 * once);
  close(await seconds({ seeds: 2, sweep: { "/training/centre": [true, false] } }), 4 * once);
  assert.ok(await seconds({ network: { hidden: [120] } }) > 4 * once, "larger networks");
  const open = { accuracy: 0.9, epochs: null };
  assert.equal(await seconds({ stop: { ...open, seconds: 7 } }), 7);
});

test("a dry run goes by what runs have taken", async (t) => {
  const server = await startServer(t, { workers: 1 });
  const given = spec(long, { name: "as long as this" });
  const { id } = await server.submit(given);
  await server.done(id);
  const took = (await server.get("/v1/runs/1")).results.seconds;
  const plan = (await server.post({ ...given, seeds: 3 }, { query: "?dry_run=1" })).json();
  assert.ok(Math.abs(plan.seconds / (3 * took) - 1) < 1e-6, `${plan.seconds} after ${took}`);
});

test("the list is newest first, in pages that fit together", async (t) => {
  const server = await startServer(t);
  for (let i = 1; i <= 7; i += 1) await server.submit(spec(short, { name: `job ${i}` }));
  const all = await server.get("/v1/jobs");
  assert.deepEqual(all.items.map((job) => job.id), [7, 6, 5, 4, 3, 2, 1]);
  assert.equal(all.next_cursor, null);
  assert.deepEqual(sorted(Object.keys(all.items[0])),
    sorted(fields.JOB.filter((name) => name !== "spec")));

  const first = await server.get("/v1/jobs?limit=3");
  assert.deepEqual(first.items.map((job) => job.name), ["job 7", "job 6", "job 5"]);
  assert.equal(typeof first.next_cursor, "string");
  await server.submit(spec(short, { name: "meanwhile" }));
  const second = await server.get(`/v1/jobs?limit=3&cursor=${first.next_cursor}`);
  assert.deepEqual(second.items.map((job) => job.id), [4, 3, 2]);
  const last = await server.get(`/v1/jobs?limit=3&cursor=${second.next_cursor}`);
  assert.deepEqual([last.items.map((job) => job.id), last.next_cursor], [[1], null]);
  const exact = await server.get("/v1/jobs?limit=8");
  assert.deepEqual([exact.items.length, exact.next_cursor], [8, null]);

  for (const query of ["limit=0", "limit=501", "limit=x", "limit=-1", "limit=1.5",
    "cursor=x", "cursor=-1", "cursor=99999999999999999999", "limit=%zz"]) {
    assert.equal((await server.request(`/v1/jobs?${query}`)).status, 400, query);
  }
});

test("a job that does not exist is not found", async (t) => {
  const server = await startServer(t);
  const unknown = ["/v1/jobs/1", "/v1/jobs/1/summary", "/v1/jobs/0", "/v1/jobs/-1",
    "/v1/jobs/x", "/v1/jobs/1x", "/v1/jobs/01x", "/v1/jobs/", "/v1/jobs/1/",
    "/v1/jobs/999999999999999999", "/v1/jobs/9999999999999999999999", "/v1/jobs/1/nothing",
    "/v1/jobs/1.0", "/v1/jobs/+1", "/v1/jobs/%31"];
  for (const path of unknown) {
    const r = await server.request(path);
    assert.equal(r.status, 404, path);
    assert.match(r.headers["content-type"], /^application\/problem\+json/);
    assert.equal(r.json().status, 404);
  }
});

test("a job runs while runs are to come; higher priority goes first", async (t) => {
  const server = await startServer(t, { workers: 1 });
  const first = await server.submit(endless);
  const low = await server.submit(spec(short, { priority: -1 }));
  const high = await server.submit(spec(short, { priority: 5, seeds: 2 }));
  await until(async () => (await server.get(`/v1/jobs/${first.id}`)).state === "running",
    "the first job at work");
  assert.equal((await server.get(`/v1/jobs/${low.id}`)).state, "queued");
  const places = (await Promise.all([2, 3, 4].map((id) => server.get(`/v1/runs/${id}`))))
    .map((run) => [run.job, run.place]);
  assert.deepEqual(places, [[low.id, 3], [high.id, 1], [high.id, 2]]);
});

test("what users write comes back as it was", async (t) => {
  const server = await startServer(t);
  const names = ["'); DROP TABLE job;--", "<script>alert(1)</script>", "\u001b[31mred",
    "\u202egnp", "ü 漢字 🧠 ﷽", "\"\\/\b\f\n\r\t", "x".repeat(200), "🧠".repeat(200), "%s%n"];
  for (const name of names) {
    const tags = [name.slice(0, 60)];
    const job = await server.submit(spec(short, { name, note: name, tags }));
    const stored = await server.get(`/v1/jobs/${job.id}`);
    assert.deepEqual([stored.name, stored.note, stored.tags], [name, name, tags]);
  }
  assert.equal((await server.get("/v1/jobs")).items.length, names.length);
});
