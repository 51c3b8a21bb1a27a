// ETag, If-None-Match and If-Match; X-Request-Id and the line in the log; Accept.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import path from "node:path";
import test from "node:test";
import { contract } from "../lib/contract.mjs";
import { until } from "../lib/cleanup.mjs";
import { exchange } from "../lib/raw.mjs";
import { startServer } from "../lib/server.mjs";
import { endless, short, spec } from "../lib/specs.mjs";

const { operations } = await contract();
/* Everybody on the machine changes the space on its disk, at any time. */
const versioned = operations.filter(({ replies, template }) =>
  replies.has("304") && template !== "/v1/disk");
const at = ({ template }) => template.replace("{id}", "1").replace("{name}", "tiny")
  .replace("{asset}", "").replace("{file}", "train_labels") +
  (template.startsWith("/v1/work/dataset") ? "?name=tiny" : "");

const idle = (server) =>
  until(async () => (await server.get("/v1/workers")).busy === 0, "idle workers");

/* A server at rest, with a job and a run that have ended, both number 1. */
async function withJob(t, options) {
  const server = await startServer(t, options);
  await server.done((await server.submit(short)).id);
  await idle(server);
  return server;
}

test("every representation with a version: 304 for who has it", async (t) => {
  const server = await withJob(t);
  assert.ok(versioned.length >= 16);
  for (const operation of versioned) {
    const get = (known, method = "GET") => server.request(at(operation),
      { method, raw: true, headers: known ? { "If-None-Match": known } : {} });
    const first = await get();
    assert.equal(first.status, 200, operation.template);
    const { etag, "content-length": length } = first.headers; /* or it is not known before */
    assert.equal((await get()).headers.etag, etag, `${operation.template} is the same again`);
    for (const known of [etag, `W/${etag}`, "*", ` "x", ${etag}`, `"x",${etag} , "y"`]) {
      for (const method of ["GET", "HEAD"]) {
        const r = await get(known, method);
        assert.equal(r.status, 304, `${method} ${operation.template} ${known}`);
        assert.equal(r.headers.etag, etag);
        assert.equal(r.headers["content-length"], length);
        assert.equal(r.text.length, 0);
      }
    }
    for (const known of ['"x"', etag.replaceAll('"', ""), `${etag.slice(0, -2)}"`, "W/", '"',
      `x${etag}`, `"x"*`]) {
      assert.equal((await get(known)).status, 200, `${operation.template} ${known}`);
    }
  }
});

test("a 304 has no body, so the next answer follows at once", async (t) => {
  const server = await withJob(t);
  const { headers: { etag } } = await server.request("/v1/runs/1");
  const ask = `GET /v1/runs/1 HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: ${etag}\r\n\r\n`;
  const { heads, text } = await exchange(server.port, ask + ask);
  assert.deepEqual(heads, [304, 304]);
  assert.ok(!text.includes("{"));
});

test("a version changes with what it is a version of", async (t) => {
  const server = await withJob(t);
  const tags = async () => Promise.all(["/v1/jobs", "/v1/jobs/1", "/v1/runs", "/v1/runs/1",
    "/v1/jobs/1/summary", "/v1/runs/1/attempts", "/v1/workers"].map(async (where) =>
    [where, (await server.request(where)).headers.etag]));
  const changed = async (f) => {
    const before = new Map(await tags());
    await f();
    return (await tags()).filter(([where, tag]) => before.get(where) !== tag)
      .map(([where]) => where);
  };
  assert.deepEqual(await changed(() => server.order("/v1/jobs/1", { name: "n" }, "PATCH")),
    ["/v1/jobs", "/v1/jobs/1"]);
  assert.deepEqual(await changed(() => server.order("/v1/workers", { count: 3 }, "PATCH")),
    ["/v1/workers"]);
  assert.deepEqual(await changed(async () => {
    await server.order("/v1/runs/1/verify");
    await until(async () => (await server.get("/v1/runs/1")).verified.state === "same", "same");
    await idle(server);
  }), ["/v1/runs", "/v1/runs/1"]);
  assert.deepEqual(await changed(async () => {
    await server.order("/v1/jobs/1/extend", { seeds: 2 });
    await server.done(1);
    await idle(server);
  }), ["/v1/jobs", "/v1/jobs/1", "/v1/runs", "/v1/jobs/1/summary"]);
});

test("a run at work is told as it is, not as it was", async (t) => {
  const server = await startServer(t, { workers: 1 });
  await server.submit(endless);
  await until(async () => (await server.get("/v1/runs/1")).results, "rows");
  const { results: { samples: then } } = await server.get("/v1/runs/1");
  await until(async () => (await server.get("/v1/runs/1")).results.samples > then, "more");
  const job = async () => (await server.get("/v1/jobs/1")).runs.cancelled;
  assert.equal(await job(), 0);
  await server.order("/v1/jobs/1/cancel");
  await until(async () => await job() === 1, "the end");
});

test("progress is told while nothing is stored", async (t) => {
  const server = await startServer(t, { workers: 1, args: ["--checkpoint-seconds", "300"] });
  await server.submit(spec(endless, { evaluate: { every: 50000000 } }));
  const samples = async () => (await server.get("/v1/runs/1")).progress?.samples;
  const told = new Set();
  await until(async () => told.add(await samples()).size > 6, "more and more work");
});

test("reads between writes are never older than the last write", async (t) => {
  const server = await withJob(t);
  for (let i = 0; i < 100; i += 1) {
    await server.order("/v1/jobs/1", { priority: i }, "PATCH");
    const two = await Promise.all([server.get("/v1/jobs/1"), server.get("/v1/jobs/1")]);
    assert.deepEqual(two.map((job) => job.priority), [i, i]);
  }
});

test("a trace has a version: its newest row, and what of it is sent", async (t) => {
  const server = await startServer(t, { workers: 1 });
  await server.submit(spec(short, { seeds: 2, evaluate: { every: 50 } }));
  await server.done(1);
  const tag = async (where) => (await server.request(where)).headers.etag;
  const all = ["", "?format=csv", "?format=ndjson", "?after=3", "?columns=samples",
    "?columns=samples,m0", "?points=3", "?points=4", "?points=3&x=m0&columns=m0,m1",
    "?points=3&x=m1&columns=m0,m1"];
  const of = async (run) => Promise.all(all.map((query) => tag(`/v1/runs/${run}/trace${query}`)));
  const tags = [...await of(1), ...await of(2)];
  assert.equal(new Set(tags).size, tags.length);
  assert.equal(await tag("/v1/runs/1/trace?points=100000".replace("100000", "10000")), tags[0],
    "nothing is reduced");
  const csv = await server.request("/v1/runs/1/trace", { headers: { Accept: "text/csv" } });
  assert.equal(csv.headers.etag, tags[1]);
  await server.submit(endless);
  const seen = [];
  await until(async () => {
    const r = await server.request("/v1/runs/3/trace");
    const { last } = r.json();
    if (last !== null) seen.push({ etag: r.headers.etag, last });
    return new Set(seen.map(({ last }) => last)).size > 5;
  }, "more and more rows");
  for (const one of seen) {
    for (const other of seen) {
      assert.equal(one.etag === other.etag, one.last === other.last);
    }
  }
  assert.match(seen[0].etag, /^"[0-9a-f]{32}"$/);
});

test("the trace of the same attempt by another core, or of other data, is another", async (t) => {
  const first = await withJob(t);
  const { place } = first;
  const tag = async (server) => (await server.request("/v1/runs/1/trace")).headers.etag;
  const seen = new Set([await tag(first)]);
  first.checkEnd(await first.stop());
  for (const column of ["core", "data_sha256"]) {
    execFileSync("python3", ["-c", "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); " +
      `c.execute("UPDATE run SET ${column} = '0'"); c.commit()`, path.join(place.data, "frugal.db")]);
    const server = await startServer(t, { place });
    seen.add(await tag(server));
    server.checkEnd(await server.stop());
  }
  assert.equal(seen.size, 3);
});

test("If-Match: only what is still as it was may be changed", async (t) => {
  const server = await withJob(t, { workers: 1 });
  const tag = async (where) => (await server.request(where)).headers.etag;
  const send = (method, where, match, body) => server.request(where, { method,
    body: body && JSON.stringify(body), headers: { "If-Match": match,
      ...body ? { "Content-Type": "application/json" } : {} } });
  const old = await tag("/v1/jobs/1");
  assert.equal((await send("PATCH", "/v1/jobs/1", old, { name: "a" })).status, 200);
  const fresh = await tag("/v1/jobs/1");
  assert.notEqual(fresh, old);
  for (const match of [old, `W/${fresh}`, '"x"', "", "nonsense"]) {
    for (const [method, where, body] of [["PATCH", "/v1/jobs/1", { name: "b" }],
      ["DELETE", "/v1/jobs/1"], ["DELETE", "/v1/jobs/1?purge=1"],
      ["PATCH", "/v1/workers", { count: 7 }]]) {
      const r = await send(method, where, match, body);
      assert.equal(r.status, 412, `${method} ${where} ${match}: ${r.text}`);
    }
  }
  assert.equal((await server.get("/v1/jobs/1")).name, "a");
  assert.equal((await server.get("/v1/workers")).count, 1);
  assert.equal((await send("PATCH", "/v1/jobs/1", "*", { name: "c" })).status, 200);
  assert.equal((await send("PATCH", "/v1/jobs/9", "*", { name: "c" })).status, 404);
  const workers = await tag("/v1/workers");
  assert.equal((await send("PATCH", "/v1/workers", workers, { count: 2 })).status, 200);
  assert.equal((await send("DELETE", "/v1/jobs/1", await tag("/v1/jobs/1"))).status, 200);
  const trashed = await tag("/v1/jobs/1");
  assert.equal((await send("DELETE", "/v1/jobs/1?purge=1", `"x", ${trashed}`)).status, 200);
});

test("of many changes to one version one is made", async (t) => {
  const server = await withJob(t);
  const { headers: { etag } } = await server.request("/v1/jobs/1");
  const answers = await Promise.all(Array.from({ length: 16 }, (_, i) => server.request(
    "/v1/jobs/1", { method: "PATCH", body: JSON.stringify({ name: `n${i}` }),
      headers: { "If-Match": etag, "Content-Type": "application/json" } })));
  assert.deepEqual(answers.map((r) => r.status).sort(), [200, ...Array(15).fill(412)]);
});

test("names of requests: the client's if it is sane, else a new one, in every reply",
  async (t) => {
    const server = await startServer(t, { args: ["--log-level", "debug"] });
    const name = async (given, options = {}) => (await server.request("/healthz", { ...options,
      headers: given === undefined ? {} : { "X-Request-Id": given } })).headers["x-request-id"];
    for (const given of ["a", "A-b_c.9", "x".repeat(64)]) {
      assert.equal(await name(given), given);
    }
    for (const given of ["", "x".repeat(65), "a b", "a/b", "ä", "<x>", "a,b", '"a"']) {
      assert.notEqual(await name(given), given);
    }
    const made = await Promise.all(Array.from({ length: 50 }, () => name()));
    assert.equal(new Set(made).size, 50);
    for (const [status, bad] of [[400, "/v1/jobs?x=1"], [404, "/none"]]) {
      const r = await server.request(bad, { headers: { "X-Request-Id": "mine" } });
      assert.deepEqual([r.status, r.headers["x-request-id"]], [status, "mine"]);
    }
    for (const line of [/level=debug .* route=\/v1\/jobs status=400 .* request=mine\n/,
      /level=debug .* route=\/\{asset\} status=404 .* request=mine\n/]) {
      await until(() => line.test(server.log), `${line} in the log`);
    }
  });

test("the log: changes at the level info, with their route and not their path", async (t) => {
  const server = await startServer(t);
  const order = (where, method, body, id) => server.request(where, { method,
    body: body && JSON.stringify(body), headers: { "X-Request-Id": id,
      ...body ? { "Content-Type": "application/json" } : {} } });
  await order("/v1/jobs", "POST", short, "r1");
  await server.done(1);
  await order("/v1/jobs/1", "PATCH", { name: "x" }, "r2");
  await order("/v1/jobs/1", "GET", undefined, "r3");
  await order("/v1/jobs/1", "PATCH", { nme: "x" }, "r4");
  await order("/v1/jobs/1", "DELETE", undefined, "r5");
  await until(() => server.log.includes(" request=r5\n"), "the last line");
  const lines = server.log.split("\n").filter((l) => / msg=served /.test(l))
    .map((l) => l.replace(/^\S+ level=/, "").replace(/msg=served | (ms|bytes|user)=\S+/g, ""));
  assert.deepEqual(lines, ["info method=POST route=/v1/jobs status=201 request=r1",
    "info method=PATCH route=/v1/jobs/{id} status=200 request=r2",
    "info method=DELETE route=/v1/jobs/{id} status=200 request=r5"]);
});

test("Accept: ranges, weights, and what is asked for most exactly", async (t) => {
  const server = await withJob(t);
  const get = async (where, accept) => server.request(where, { headers: { Accept: accept } });
  for (const accept of ["*/*", "application/*", "application/json", "APPLICATION/JSON",
    "text/html, application/json;q=0.1", "text/html;q=1, */*;q=0.001", "", " ,",
    "application/json; charset=utf-8", "application/json;v=1 ; q=0.5", "*/*;q=0, application/json"]) {
    assert.equal((await get("/v1/jobs/1", accept)).status, 200, accept);
  }
  for (const accept of ["text/html", "application/json;q=0", "*/*;q=0", "application/jsonx",
    "application/*;q=0, */*", "application/json;q=0.0, application/*", "text/*", "json", "*"]) {
    assert.equal((await get("/v1/jobs/1", accept)).status, 406, accept);
  }
  const type = async (accept, query = "") =>
    (await get(`/v1/runs/1/trace${query}`, accept)).headers["content-type"].split(";")[0];
  for (const [accept, wanted] of [["text/csv", "text/csv"], ["*/*", "application/json"],
    ["text/csv, application/json", "application/json"], ["text/*", "text/csv"],
    ["text/csv, application/json;q=0.9", "text/csv"], ["text/csv;q=0.2, */*;q=0.1", "text/csv"],
    ["application/json;q=0.3, text/csv;q=0.2", "application/json"]]) {
    assert.equal(await type(accept), wanted, accept);
  }
  assert.equal(await type("application/json", "?format=csv"), "text/csv");
  assert.equal((await get("/style.css", "text/css")).status, 200);
  assert.equal((await get("/style.css", "image/*")).status, 406);
  assert.equal((await get("/v1/runs/1/weights", "application/zip")).status, 200);
  assert.equal((await get("/v1/runs/1/weights", "application/json")).status, 406);
  assert.equal((await server.post(spec(short, { seeds: 2 }), { headers: { Accept: "text/csv" } }))
    .status, 406);
  assert.equal((await server.get("/v1/jobs")).items.length, 1, "what is refused is not done");
});
