// Many at once, for a while: nobody meets an error, and nothing grows that has to stay as it is.
import assert from "node:assert/strict";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import test from "node:test";
import { defer, settled, sleep, until } from "../lib/cleanup.mjs";
import * as paths from "../lib/paths.mjs";
import { startServer } from "../lib/server.mjs";
import { endless, short, spec } from "../lib/specs.mjs";
import { Events } from "../lib/sse.mjs";

const SECONDS = Number(process.env.FRUGAL_LOAD_SECONDS ?? 6);
const REQUESTS = Number(process.env.FRUGAL_LOAD_REQUESTS ?? 3000);
const MIB = 2 ** 20;

const statusOf = (server, name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(
  fs.readFileSync(`/proc/${server.pid}/status`, "utf8"))[1]);
const memory = (server) => statusOf(server, "VmRSS") * 1024;
const openFiles = (server) => fs.readdirSync(`/proc/${server.pid}/fd`).length;
const logOf = (server) => fs.statSync(path.join(server.place.data, "frugal.db-wal")).size;

/* P13, P14 */
test("readers without a pause beside writers: no error, and the log stays short", async (t) => {
  const server = await startServer(t, { workers: 2 });
  await server.submit(spec(endless, { seeds: 2, network: { hidden: [2] },
    evaluate: { every: 2000 } }));
  await until(async () => (await server.get("/v1/runs/2")).results, "rows");
  const end = Date.now() + SECONDS * 1000;
  let [most, answers] = [0, 0];
  const watch = async () => {
    for (; Date.now() < end; await sleep(20)) most = Math.max(most, logOf(server));
  };
  const where = ["/v1/runs/1/trace?points=100", "/v1/runs/2/trace?format=csv&columns=m0", "/v1/runs",
    "/v1/export?filter=id%3D1&format=csv", "/v1/jobs/1/summary", "/v1/runs/2"];
  const reader = async (i) => {
    for (let n = i; Date.now() < end; n += 1) {
      const r = await server.request(where[n % where.length]);
      assert.equal(r.status, 200, r.text.slice(0, 300));
      answers += 1;
    }
  };
  await Promise.all([watch(), ...Array.from({ length: 32 }, (_, i) => reader(i))]);
  t.diagnostic(`${answers} answers, a log of ${(most / MIB).toFixed(1)} MiB at most`);
  assert.ok(answers > 32 && most > 0);
  assert.ok(most <= 64 * MIB, `${most} bytes of log`);
  const { last } = await server.get("/v1/runs/1/trace?columns=samples");
  assert.ok(last > 100, `${last} rows`);
  await server.order("/v1/jobs/1/cancel");
  assert.doesNotMatch(server.log, /level=(warning|error)/);
});

/* P16 */
test("many large bodies at once take no more memory than they have to",
  { skip: paths.sanitized }, async (t) => {
    const server = await startServer(t, { args: ["--connections-per-address", "0"] });
    for (let i = 0; i < 200; i += 1) await server.get("/v1/jobs");
    const before = memory(server);
    const body = JSON.stringify(short).padEnd(256 * 1024 - 1, " ");
    const head = "POST /v1/jobs?dry_run=1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" +
      `Content-Type: application/json\r\nContent-Length: ${body.length + 1}\r\n\r\n`;
    const answers = [];
    const sockets = Array.from({ length: 200 }, () => {
      const socket = net.connect(server.port, "127.0.0.1", () => socket.write(head + body));
      defer(t, () => socket.destroy());
      socket.on("data", (data) => answers.push(String(data).split(" ")[1]));
      return socket.on("error", () => {});
    });
    await until(() => memory(server) - before > 40 * MIB, "the bodies");
    await settled(() => memory(server) >> 20);
    const grown = (memory(server) - before) / MIB;
    assert.ok(grown <= 128, `${grown} MiB`);
    for (const socket of sockets) socket.write(" ");
    await until(() => answers.length >= 200, "the answers");
    assert.ok(answers.every((code) => code === "200"), String(new Set(answers)));
    await until(() => memory(server) - before < 32 * MIB, "the memory back");
  });

/* P17 */
test("thousands of requests leave nothing behind", { skip: paths.sanitized }, async (t) => {
  const server = await startServer(t, { workers: 1 });
  const round = async (requests) => {
    const where = ["/v1/jobs", "/v1/runs/1", "/v1/runs/1/trace", "/v1/spec", "/metrics", "/none",
      "/v1/jobs/1/summary", "/v1/runs?filter=m0%20%3E%201", "/v1/datasets", "/"];
    const one = async (i) => {
      for (let n = i; n < requests; n += 8) await server.request(where[n % where.length]);
    };
    await Promise.all(Array.from({ length: 8 }, (_, i) => one(i)));
    for (let i = 0; i < requests / 150; i += 1) await server.submit(short);
    const streams = await Promise.all(Array.from({ length: 20 }, () =>
      Events.open(t, `${server.url}/v1/events?after=0`)));
    for (const [i, stream] of streams.entries()) i % 2 ? stream.close() : stream.reset();
    await until(async () => (await server.get("/v1/workers")).busy === 0, "the runs");
    await until(() => openFiles(server) < 60, "connections that end", 30000);
    const files = await settled(() => openFiles(server));
    return { files, threads: statusOf(server, "Threads"), memory: memory(server) };
  };
  await round(REQUESTS);
  const before = await round(REQUESTS);
  const after = await round(REQUESTS);
  assert.ok(after.files <= before.files + 1, `${before.files} open files, then ${after.files}`);
  assert.equal(after.threads, before.threads);
  const grown = (after.memory - before.memory) / MIB;
  assert.ok(grown <= 5, `${grown} MiB more`);
});

/* H15 */
test("streams that are reset, hundreds of them", async (t) => {
  const server = await startServer(t);
  for (let i = 0; i < 40; i += 1) await server.get("/v1/jobs");
  const before = await settled(() => openFiles(server));
  for (let i = 0; i < 300; i += 1) {
    const stream = await Events.open(t, `${server.url}/v1/events`)
      .catch((error) => assert.match(String(error.code), /ECONNRESET/));
    if (stream?.status === 503) await sleep(100); // 64 of them are not yet noticed
    stream?.reset();
  }
  await until(() => openFiles(server) <= before + 1, "the descriptors back", 25000, 100);
});

test("a stop of the whole process for a while is no reason to fail", async (t) => {
  const server = await startServer(t, { workers: 1, args: ["--header-seconds", "30"] });
  await server.submit(spec(endless, { stop: { accuracy: null, epochs: null, samples: 60000,
    seconds: 3600 } }));
  const stream = await Events.open(t, `${server.url}/v1/events`);
  await until(async () => (await server.get("/v1/runs/1")).results, "rows");
  server.signal("SIGSTOP");
  await sleep(4000);
  server.signal("SIGCONT");
  const job = await server.done(1);
  assert.equal(job.state, "succeeded");
  await stream.wait(({ data }) => data.state === "succeeded", "the end");
  const { results, attempts } = await server.get("/v1/runs/1");
  assert.deepEqual([results.samples, attempts], [60000, 1]);
});
