// Event streams when there are many, when nothing happens, and when the server stops.
import assert from "node:assert/strict";
import fs from "node:fs";
import http from "node:http";
import test from "node:test";
import { defer, settled, sleep, until } from "../lib/cleanup.mjs";
import { startServer } from "../lib/server.mjs";
import { endless, short } from "../lib/specs.mjs";
import { Events } from "../lib/sse.mjs";

/* A stream from one of the many addresses of this machine: {status, request}. */
function openFrom(t, server, localAddress) {
  return new Promise((resolve, reject) => {
    const request = http.get(`${server.url}/v1/events`, { agent: false, localAddress },
      (response) => {
        response.on("error", () => {});
        response.resume();
        resolve({ status: response.statusCode, request });
      });
    request.on("error", reject);
    defer(t, () => request.destroy());
  });
}

test("the 65th stream is refused, and there is room again when one has gone", async (t) => {
  const server = await startServer(t);
  const streams = [];
  for (let i = 0; i < 64; i += 1) {
    streams.push(await openFrom(t, server, `127.0.0.${2 + (i % 4)}`));
  }
  assert.ok(streams.every((stream) => stream.status === 200));
  assert.equal((await openFrom(t, server, "127.0.0.9")).status, 503);
  assert.equal((await server.request("/v1/events")).status, 503);
  assert.equal((await server.request("/healthz")).status, 200);
  for (const { request } of streams.slice(0, 5)) request.destroy();
  await until(async () => (await openFrom(t, server, "127.0.0.9")).status === 200,
    "room for another stream", 25000, 500);
});

test("H15 streams of clients that went away are given up", async (t) => {
  const server = await startServer(t);
  for (let i = 0; i < 40; i += 1) await server.get("/v1/jobs"); // every thread has its reader
  const open = () => fs.readdirSync(`/proc/${server.pid}/fd`).length;
  const before = await settled(open);
  const streams = await Promise.all(Array.from({ length: 12 },
    () => Events.open(t, `${server.url}/v1/events`)));
  await sleep(300);
  assert.ok(open() >= before + 12);
  streams.forEach((stream, i) => i % 2 ? stream.close() : stream.reset());
  await until(() => open() <= before, `${before} open files again`, 25000, 200);
});

test("streams cost nothing while nothing happens, and a heartbeat comes", async (t) => {
  const server = await startServer(t);
  const streams = await Promise.all(Array.from({ length: 20 },
    () => Events.open(t, `${server.url}/v1/events`)));
  const ticks = () => fs.readFileSync(`/proc/${server.pid}/stat`, "utf8")
    .split(") ")[1].split(" ").slice(11, 13).reduce((sum, n) => sum + Number(n), 0);
  await sleep(300);
  const before = ticks();
  await until(() => streams.every((stream) => stream.comments.includes("heartbeat")),
    "a heartbeat in every stream", 40000, 200);
  const used = (ticks() - before) / 100;
  assert.ok(used < 1.5, `${used} s of computing`);
  assert.ok(streams.every((stream) => !stream.closed && stream.events.length === 0));
});

test("streams end when the server stops, and go on after the restart", async (t) => {
  const server = await startServer(t, { workers: 1 });
  const streams = await Promise.all(Array.from({ length: 16 },
    () => Events.open(t, `${server.url}/v1/events?after=0`)));
  await server.submit(short);
  await server.done(1);
  await server.submit(endless);
  await streams[0].wait((e) => e.data.job === 2 && e.type === "trace", "rows of job 2");
  const began = Date.now();
  server.checkEnd(await server.stop());
  await Promise.all(streams.map((stream) => stream.ended()));
  assert.ok(Date.now() - began < 10000);
  const last = streams[0].events.at(-1);
  const again = await startServer(t, { place: server.place, workers: 1 });
  const stream = await Events.open(t, `${again.url}/v1/events`, { "Last-Event-ID": last.id });
  const next = await stream.wait(() => true, "the next event");
  assert.equal(next.id, last.id + 1);
  await stream.wait((e) => e.type === "run" && e.data.run === 2 && e.data.state === "running",
    "run 2 at work again");
});

test("a reader who does not read holds up nobody", async (t) => {
  const server = await startServer(t);
  const silent = http.get(`${server.url}/v1/events?after=0`, { agent: false });
  defer(t, () => silent.destroy());
  silent.on("error", () => {});
  silent.on("response", (response) => response.pause());
  const reader = await Events.open(t, `${server.url}/v1/events`);
  await server.submit({ ...endless, evaluate: { every: 1000 } });
  await until(() => reader.events.length > 300, "300 events for the other", 30000);
  const began = Date.now();
  assert.equal((await server.request("/v1/jobs")).status, 200);
  assert.ok(Date.now() - began < 2000);
});
