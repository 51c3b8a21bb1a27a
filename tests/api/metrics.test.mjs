// /metrics, /readyz, and the log: what the server tells of itself to machines.
import assert from "node:assert/strict";
import net from "node:net";
import test from "node:test";
import { defer, until } from "../lib/cleanup.mjs";
import { parse } from "../lib/metrics.mjs";
import { startServer } from "../lib/server.mjs";
import { endless, short, spec } from "../lib/specs.mjs";
import { Events } from "../lib/sse.mjs";

const read = async (server) => parse((await server.request("/metrics")).text);

test("names and types are as Prometheus wants them", async (t) => {
  const server = await startServer(t);
  await server.done((await server.submit(short)).id);
  const { families, samples } = await read(server);
  for (const [name, { type, help }] of Object.entries(families)) {
    assert.match(name, /^(frugal|process)_/);
    assert.equal(name.endsWith("_total"), type === "counter", name);
    assert.ok(["counter", "gauge", "histogram"].includes(type), name);
    assert.match(help, /^\S.*\.$/, name);
    assert.ok(samples.some((s) => s.name.startsWith(name)), `${name} has no sample`);
  }
  const buckets = samples.filter(({ name }) => name.endsWith("_bucket"));
  const groups = Map.groupBy?.(buckets, key) ?? groupBy(buckets, key);
  assert.ok(groups.size > 2);
  for (const [what, group] of groups) {
    const bounds = group.map(({ labels }) => Number(labels.le.replace("+Inf", "Infinity")));
    assert.deepEqual(bounds, [...bounds].sort((a, b) => a - b), what);
    assert.equal(bounds.at(-1), Infinity);
    assert.ok(group.every(({ value }, i) => i === 0 || value >= group[i - 1].value), what);
    const count = samples.find((s) => s.name === group[0].name.replace("_bucket", "_count") &&
      key(s) === what.replace("_bucket", "_count"));
    assert.equal(count.value, group.at(-1).value, what);
  }
});

const key = ({ name, labels: { le: _, ...labels } }) => `${name} ${JSON.stringify(labels)}`;

function groupBy(items, by) {
  const groups = new Map();
  for (const item of items) groups.set(by(item), [...groups.get(by(item)) ?? [], item]);
  return groups;
}

test("requests are counted by route, never by path", async (t) => {
  const server = await startServer(t);
  await server.done((await server.submit(short)).id);
  for (let i = 0; i < 5; i += 1) await server.request("/v1/runs/1/why");
  for (const id of [7, 8, 9]) await server.request(`/v1/runs/${id}/why`);
  await server.request("/v1/runs/1/why", { method: "HEAD" });
  await server.request("/no/such/path");
  await server.request("/v1/jobs", { method: "PUT" });
  const { samples, value } = await read(server);
  const why = { method: "GET", route: "/v1/runs/{id}/why" };
  const requests = "frugal_http_requests_total";
  assert.equal(value(requests, { ...why, status: "200" }), 6);
  assert.equal(value(requests, { ...why, status: "404" }), 3);
  assert.equal(value("frugal_http_request_duration_seconds_count", why), 9);
  assert.equal(value(requests, { route: "none", status: "404" }), 1);
  assert.equal(value(requests, { route: "none", method: "other", status: "405" }), 1);
  assert.equal(value(requests, { method: "POST", route: "/v1/jobs", status: "201" }), 1);
  assert.equal(value("frugal_write_duration_seconds_count"), 1);
  assert.ok(value("frugal_http_connections_total") > 10);
  const routes = new Set(samples.map(({ labels }) => labels.route).filter(Boolean));
  const known = new Set((await server.get("/v1")).routes.map(({ path }) => path));
  for (const route of routes) assert.ok(route === "none" || known.has(route), route);
});

test("runs, workers, samples, streams, the process", async (t) => {
  const server = await startServer(t, { workers: 1 });
  await server.done((await server.submit(spec(short, { seeds: 2 }))).id);
  await server.submit(spec(endless, { seeds: 3 }));
  const stream = await Events.open(t, `${server.url}/v1/events`);
  const now = await until(async () => {
    const m = await read(server);
    return m.value("frugal_runs", { state: "running" }) === 1 && m;
  }, "a count with the run at work", 30000, 200);
  const runs = (state) => now.value("frugal_runs", { state });
  assert.deepEqual(["queued", "held", "running", "succeeded", "failed", "cancelled", "timed_out",
    "dead"].map(runs), [2, 0, 1, 2, 0, 0, 0, 0]);
  assert.equal(now.value("frugal_workers"), 1);
  assert.equal(now.value("frugal_workers_busy"), 1);
  assert.equal(now.value("frugal_event_streams"), 1);
  assert.equal(now.value("frugal_disk_full"), 0);
  assert.ok(now.value("frugal_disk_free_bytes") > 0);
  assert.ok(now.value("frugal_http_connections") >= 2);
  const { progress } = await server.get("/v1/runs/1");
  const ended = 2 * progress.samples;
  assert.ok(now.value("frugal_samples_total") >= ended);
  for (const name of ["cpu_seconds_total", "resident_memory_bytes", "threads", "open_fds",
    "max_fds"]) assert.ok(now.value(`process_${name}`) > 0, name);
  const age = Date.now() / 1000 - now.value("process_start_time_seconds");
  assert.ok(age >= 0 && age < 600, `${age} s`);
  const later = await until(async () => {
    const m = await read(server);
    return m.value("frugal_samples_total") > now.value("frugal_samples_total") && m;
  }, "more samples");
  assert.equal(later.value("process_start_time_seconds"),
    now.value("process_start_time_seconds"));
  for (const { name, labels, value } of now.samples) {
    if (!/_(total|count|bucket|sum)$/.test(name)) continue;
    assert.ok(later.value(name, labels) >= value, `${name} has become smaller`);
  }
  stream.close();
});

test("ready, draining, and what that is called", async (t) => {
  const server = await startServer(t);
  assert.deepEqual(await server.get("/readyz"), { status: "ready" });
  await server.order("/v1/workers", { draining: true }, "PATCH");
  const r = await server.request("/readyz");
  assert.equal(r.status, 503);
  assert.match(r.json().detail, /^draining: /);
  assert.equal((await server.request("/healthz")).status, 200, "it lives");
  assert.equal((await read(server)).value("frugal_workers_draining"), 1);
  await server.order("/v1/workers", { draining: false }, "PATCH");
  assert.equal((await server.request("/readyz")).status, 200);
});

/* KEY=VALUE, quoted where it has to be. */
function fields(line) {
  const found = {};
  let rest = line;
  while (rest !== "") {
    const [all, name, quoted, plain] =
      rest.match(/^([a-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s"=\\]+))(?: |$)/) ?? [];
    assert.ok(all, `not KEY=VALUE: ${rest}`);
    found[name] = plain ?? quoted.replace(/\\(.)/g, "$1");
    rest = rest.slice(all.length);
  }
  return found;
}

test("every line of the log is KEY=VALUE, with the request that it belongs to", async (t) => {
  const server = await startServer(t, { args: ["--log-level", "debug"] });
  await server.done((await server.submit(short)).id);
  await server.request("/v1/jobs", { headers: { Authorization: "Bearer x", "X-Request-Id": "bad" } });
  await server.request('/v1/jobs?filter=name%20%3D%20"x"', { headers: { "X-Request-Id": "odd" } });
  await until(() => /request=odd\n/.test(server.log), "the last line");
  const lines = server.log.split("\n").filter((line) => line !== "").map(fields);
  for (const { time, level, msg } of lines) {
    assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.ok(["error", "warning", "info", "debug"].includes(level));
    assert.ok(msg.length > 0);
  }
  const submitted = lines.find(({ route, method }) => route === "/v1/jobs" && method === "POST");
  assert.deepEqual([submitted.level, submitted.msg, submitted.status, submitted.user],
    ["info", "served", "201", "anonymous"]);
  assert.ok(Number(submitted.ms) >= 0 && Number(submitted.bytes) > 0);
  const wrong = lines.filter(({ request }) => request === "bad");
  assert.deepEqual(wrong.map(({ level, msg }) => `${level} ${msg}`),
    ["warning a wrong token from 127.0.0.1", "debug served"]);
});

test("a method that nobody knows does not get into the log", async (t) => {
  const server = await startServer(t, { args: ["--log-level", "debug"] });
  const socket = net.connect(server.port, "127.0.0.1");
  defer(t, () => socket.destroy());
  socket.on("error", () => {}).resume();
  socket.write("BREW\x9b[31m /v1/jobs HTTP/1.1\r\nHost: localhost\r\n\r\n", "latin1");
  const line = await until(() => /.* status=501 .*/.exec(server.log), "its line");
  const { level, method } = fields(line[0]);
  assert.deepEqual([level, method], ["debug", "other"]);
});

test("levels and the form for the journal", async (t) => {
  const quiet = await startServer(t, { args: ["--log-level", "error"] });
  await quiet.submit(short);
  await quiet.done(1);
  quiet.checkEnd(await quiet.stop());
  assert.equal(quiet.log, "");
  const server = await startServer(t, { env: { FRUGAL_LOG_FORMAT: "journal" } });
  await server.submit(short);
  await until(() => /method=POST/.test(server.log), "the line of the job");
  for (const line of server.log.trimEnd().split("\n")) {
    assert.match(line, /^<[3467]>level=(error|warning|info|debug) msg=/);
  }
});
