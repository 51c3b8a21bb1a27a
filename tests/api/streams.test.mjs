// Long answers: traces in every format, reduced to points, the export of many runs; and the
// memory of the server meanwhile.
import assert from "node:assert/strict";
import fs from "node:fs";
import http from "node:http";
import test from "node:test";
import { sleep } from "../lib/cleanup.mjs";
import { query } from "../lib/filters.mjs";
import { sanitized } from "../lib/paths.mjs";
import { startServer } from "../lib/server.mjs";
import { short, spec } from "../lib/specs.mjs";

/* A run with so many rows. */
const long = (rows) => spec(short, { network: { hidden: [4] }, evaluate: { every: 1 },
  record: { weights: false }, stop: { accuracy: null, epochs: null, samples: rows - 1 } });

async function withTrace(t, rows) {
  const server = await startServer(t);
  assert.equal((await server.done((await server.submit(long(rows))).id, 240000)).state, "succeeded");
  return server;
}

async function body(server, path) {
  const r = await server.request(path);
  assert.equal(r.status, 200, r.text.slice(0, 300));
  return r.text;
}

const objects = (text) => text.split("\n").slice(0, -1).map((line) => JSON.parse(line));

/* Fields of CSV with quotes. */
function csv(text) {
  const rows = text.split("\n").slice(0, -1).map((line) =>
    [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)]
      .map(([, quoted, plain]) => quoted?.replaceAll("\"\"", "\"") ?? plain));
  const [names, ...others] = rows;
  return others.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i]])));
}

test("a trace of several blocks is the same in all formats, in parts and in columns", async (t) => {
  const server = await withTrace(t, 700);
  const { columns, last } = await server.get("/v1/runs/1/trace");
  assert.equal(last, 699);
  assert.deepEqual(columns.samples, Array.from({ length: 700 }, (_, i) => i));
  const rows = objects(await body(server, "/v1/runs/1/trace?format=ndjson"));
  const names = Object.keys(columns);
  assert.deepEqual(Object.keys(rows[0]), names);
  for (const name of names) assert.deepEqual(rows.map((row) => row[name]), columns[name], name);
  const lines = csv(await body(server, "/v1/runs/1/trace?format=csv"));
  for (const name of names) {
    assert.deepEqual(lines.map((row) => row[name] === "" ? null : Number(row[name])), columns[name]);
  }
  for (const after of [0, 254, 255, 256, 511, 697, 698]) {
    const part = await server.get(`/v1/runs/1/trace?after=${after}&columns=samples,m1`);
    assert.deepEqual(part.columns, { samples: columns.samples.slice(after + 1),
      m1: columns.m1.slice(after + 1) });
  }
  const { headers, text } = await server.request("/v1/runs/1/trace?columns=m0",
    { headers: { Accept: "application/x-ndjson" } });
  assert.match(headers["content-type"], /^application\/x-ndjson/);
  assert.deepEqual(objects(text).map(({ m0 }) => m0), columns.m0);
});

/* What a reduced trace must be, whatever the stretches. */
function checkPoints(whole, reply, points, x, after = -1) {
  const { reduced, columns, last } = reply;
  const n = columns[`${x}_min`].length;
  assert.deepEqual(reduced, { points: n, of: last - after, method: "min-max", x });
  assert.ok(n <= points && n >= Math.min(points, 3), `${n} of ${points} points`);
  const names = Object.keys(whole);
  assert.deepEqual(Object.keys(columns), names.flatMap((c) => [`${c}_min`, `${c}_max`]));
  const at = new Map(whole.samples.map((samples, row) => [samples, row]));
  let next = after + 1;
  for (let p = 0; p < n; p += 1) {
    const [from, to] = [at.get(columns.samples_min[p]), at.get(columns.samples_max[p])];
    assert.equal(from, next, `point ${p} goes on where the one before ended`);
    for (const name of names) {
      const values = whole[name].slice(from, to + 1).filter((v) => v !== null);
      assert.deepEqual([columns[`${name}_min`][p], columns[`${name}_max`][p]],
        values.length ? [Math.min(...values), Math.max(...values)] : [null, null], `${name} ${p}`);
    }
    next = to + 1;
  }
  assert.equal(next, last + 1);
  for (const name of names) {
    for (const [p, row] of [[0, after + 1], [n - 1, last]]) {
      assert.equal(columns[`${name}_min`][p], whole[name][row], "the ends are exact");
      assert.equal(columns[`${name}_max`][p], whole[name][row], "the ends are exact");
    }
  }
}

test("points: the least and the greatest of every stretch, never sampled", async (t) => {
  const server = await withTrace(t, 3000);
  const { columns: whole } = await server.get("/v1/runs/1/trace");
  const get = (q) => server.get(`/v1/runs/1/trace?${q}`);
  for (const points of [3, 4, 10, 97, 186, 188, 1000, 2999]) {
    checkPoints(whole, await get(`points=${points}`), points, "samples");
    checkPoints(whole, await get(`points=${points}&x=m1`), points, "m1");
  }
  checkPoints(whole, await get("points=50&x=m0_direct"), 50, "m0_direct");
  checkPoints(whole, await get("points=20&after=1000"), 20, "samples", 1000);
  checkPoints(whole, await get("points=9&after=2979"), 9, "samples", 2979);
  const few = await get("points=3000&columns=samples,m0");
  assert.equal(few.reduced, undefined);
  assert.deepEqual(few.columns, { samples: whole.samples, m0: whole.m0 });
  const json = await get("points=40&columns=samples,m0");
  const rows = objects(await body(server,
    "/v1/runs/1/trace?points=40&columns=samples,m0&format=ndjson"));
  const text = await body(server, "/v1/runs/1/trace?points=40&columns=samples,m0&format=csv");
  assert.equal(text.split("\n", 1)[0], "samples_min,samples_max,m0_min,m0_max");
  for (const name of Object.keys(json.columns)) {
    assert.deepEqual(rows.map((row) => row[name]), json.columns[name]);
    assert.deepEqual(csv(text).map((row) => Number(row[name])), json.columns[name]);
  }
  const timed = await get("points=30&columns=samples,seconds");
  assert.ok(timed.columns.seconds_max.every((s, i) => s >= timed.columns.seconds_min[i]));
  for (const bad of ["points=2", "points=10001", "points=x", "x=m0", "points=9&x=nothing",
    "points=9&x=m0&columns=samples", "points=9&columns=m0", "points=9&x=seconds&columns=seconds"]) {
    assert.equal((await server.request(`/v1/runs/1/trace?${bad}`)).status, 400, bad);
  }
});

test("points of a run that was taken over, was retried, or has no rows", async (t) => {
  const server = await startServer(t, { workers: 1 });
  const job = { ...long(600), reuse: true };
  await server.done((await server.submit(job)).id);
  await server.done((await server.submit(job)).id);
  assert.equal((await server.get("/v1/runs/2")).reused, 1);
  const { run: _, ...one } = await server.get("/v1/runs/1/trace?points=25");
  const { run: __, ...two } = await server.get("/v1/runs/2/trace?points=25");
  assert.deepEqual(one, two);
  const timed = await server.submit({ ...long(100000000), stop: { accuracy: null, epochs: null,
    seconds: 0.3 } });
  await server.done(timed.id);
  await server.order(`/v1/jobs/${timed.id}/retry`);
  await server.done(timed.id);
  const { columns } = await server.get("/v1/runs/3/trace");
  checkPoints(columns, await server.get("/v1/runs/3/trace?points=5"), 5, "samples");
  await server.order("/v1/workers", { draining: true }, "PATCH");
  await server.submit(job);
  assert.deepEqual(await server.get("/v1/runs/4/trace?points=5"), { run: 4, columns: {}, last: null });
});

test("an export holds the traces of its runs, with one head", async (t) => {
  const server = await startServer(t);
  await server.submit(spec(short, { tags: ["x"], seeds: 2, sweep: { "/network/hidden/0": [5, 9],
    "/plasticity": [{}, { compete: { fraction: [0.1, 1] } }] } }));
  await server.submit(spec(short, { tags: ["x"], network: { hidden: [6, 4] },
    energy: { exponents: [0.5] }, evaluate: { every: 4 } }));
  await server.submit(spec(short, { tags: ["other"] }));
  for (const job of [1, 2, 3]) await server.done(job);
  await server.order("/v1/workers", { draining: true }, "PATCH");
  await server.submit(spec(short, { tags: ["x"] }));
  for (const [filter, sort] of [["tag = x", ""], ["tag = x", "-m0"], ["id = 9", ""], ["", ""]]) {
    const runs = await server.all(`/v1/runs?${query(filter, { sort, limit: 500 })}`);
    const ended = runs.filter((run) => run.results);
    const text = await body(server, `/v1/export?${query(filter, { sort })}`);
    const lines = csv(text);
    const records = objects(await body(server, `/v1/export?${query(filter, { sort, format: "ndjson" })}`));
    const specs = new Map();
    for (const { job } of ended) specs.set(job, (await server.get(`/v1/jobs/${job}`)).spec);
    const places = [...new Set(ended.flatMap((run) => Object.keys(run.params)))];
    const whole = (run) => Object.fromEntries(places.map((place) => [place,
      run.params[place] ?? place.split("/").slice(1).reduce((o, key) => o?.[key], specs.get(run.job))])
      .filter(([, value]) => value !== undefined));
    const wanted = [];
    for (const run of ended) {
      for (const row of objects(await body(server, `/v1/runs/${run.id}/trace?format=ndjson`))) {
        wanted.push({ run: run.id, job: run.job, cell: run.cell, seed: run.seed,
          params: whole(run), ...row });
      }
    }
    assert.deepEqual(records, wanted, filter);
    assert.equal(lines.length, wanted.length);
    const head = text.split("\n", 1)[0].split(",");
    assert.deepEqual(head.slice(0, 4), ["run", "job", "cell", "seed"]);
    assert.equal(new Set(head).size, head.length);
    lines.forEach((line, i) => {
      const { params, ...others } = wanted[i];
      const named = Object.fromEntries(Object.entries(params).map(([pointer, value]) =>
        [`spec${pointer.replaceAll("/", ".")}`, value]));
      for (const name of head) {
        const value = { ...others, ...named }[name] ?? "";
        const shown = typeof value === "object" ? JSON.stringify(value) : value;
        assert.equal(typeof shown === "number" ? Number(line[name]) : line[name], shown, `${i} ${name}`);
      }
      for (const name of Object.keys({ ...others, ...named })) assert.ok(head.includes(name), name);
    });
  }
  assert.equal(await body(server, `/v1/export?${query("id = 77")}`), "run,job,cell,seed\n");
  assert.equal(await body(server, `/v1/export?${query("id = 77", { format: "ndjson" })}`), "");
  for (const bad of ["format=json", "format=", "limit=3", "cursor=x", "filter=x+%3D"]) {
    assert.equal((await server.request(`/v1/export?${bad}`)).status, 400, bad);
  }
});

test("what one job sweeps is told of the runs of others, which have it fixed", async (t) => {
  const server = await startServer(t);
  const jobs = [{ sweep: { "/network/hidden/0": [5, 9], "/training/learning_rate": [0.1, 0.2] } },
    { network: { hidden: [7] }, training: { learning_rate: 0.3 } },
    { training: { learning_rate: [0.1, 0.4] }, sweep: { "/plasticity": [{ compete: { fraction: 0.5 } }] } },
    { sweep: { "/plasticity/compete/fraction": [0.5], "/training/learning_rate/1": [0.6] } }];
  for (const more of jobs) await server.done((await server.submit(spec(short, more))).id);
  const records = objects(await body(server, "/v1/export?format=ndjson"));
  const lines = csv(await body(server, "/v1/export"));
  const told = (job, place) => [records.find((r) => r.job === job).params[place],
    lines.find((r) => r.job === String(job))[`spec${place.replaceAll("/", ".")}`]];
  assert.deepEqual(told(1, "/network/hidden/0"), [5, "5"]);
  assert.deepEqual(told(2, "/network/hidden/0"), [7, "7"]);
  assert.deepEqual(told(2, "/training/learning_rate"), [0.3, "0.3"]);
  assert.deepEqual(told(2, "/training/learning_rate/1"), [0.3, "0.3"]);
  assert.deepEqual(told(2, "/plasticity/compete/fraction"), [undefined, ""]);
  assert.deepEqual(told(3, "/training/learning_rate"), [[0.1, 0.4], "[0.1,0.4]"]);
  assert.deepEqual(told(3, "/training/learning_rate/1"), [0.4, "0.4"]);
  assert.deepEqual(told(3, "/plasticity/compete/fraction"), [[0.5, 0.5], "[0.5,0.5]"]);
  assert.deepEqual(told(4, "/plasticity/compete/fraction"), [0.5, "0.5"]);
});

/* Reads an answer slowly and forgets it: how many bytes, and what the server grew by in KiB. */
function grown(server, path) {
  const memory = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m")
    .exec(fs.readFileSync(`/proc/${server.pid}/status`, "utf8"))[1]);
  fs.writeFileSync(`/proc/${server.pid}/clear_refs`, "5"); /* the peak begins anew */
  const before = memory("VmRSS");
  return new Promise((resolve, reject) => {
    let bytes = 0;
    http.get(server.url + path, { agent: false }, (answer) => {
      answer.on("data", async (part) => {
        bytes += part.length;
        answer.pause();
        await sleep(1);
        answer.resume();
      });
      answer.on("error", reject);
      answer.on("end", () => resolve({ bytes, grown: memory("VmHWM") - before }));
    }).on("error", reject);
  });
}

test("long answers take no memory", { skip: sanitized }, async (t) => {
  const server = await withTrace(t, 40000);
  for (let i = 0; i < 8; i += 1) { /* so that both threads have filled the cache of their reader */
    await body(server, "/v1/export?format=ndjson");
  }
  for (const path of ["/v1/export", "/v1/export?format=ndjson", "/v1/runs/1/trace",
    "/v1/runs/1/trace?format=csv"]) {
    const { bytes, grown: more } = await grown(server, path);
    assert.ok(bytes > 8e6, `${path}: ${bytes} bytes`);
    assert.ok(more < 6000, `${path}: ${more} KiB for ${bytes} bytes`);
  }
});
