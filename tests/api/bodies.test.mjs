// Bodies: media types, sizes, and senders that give up.
import assert from "node:assert/strict";
import fs from "node:fs";
import http from "node:http";
import net from "node:net";
import test from "node:test";
import { settled, sleep, until } from "../lib/cleanup.mjs";
import { sanitized } from "../lib/paths.mjs";
import { exchange } from "../lib/raw.mjs";
import { startServer } from "../lib/server.mjs";
import { short, spec } from "../lib/specs.mjs";

const CAP = 256 * 1024;

async function nothingStored(server) {
  assert.deepEqual((await server.get("/v1/jobs")).items, []);
}

test("J9 only JSON in UTF-8 is taken", async (t) => {
  const server = await startServer(t);
  const status = async (headers) => (await server.request("/v1/jobs?dry_run=1",
    { method: "POST", body: JSON.stringify(short), headers })).status;
  for (const type of ["application/json", "application/json; charset=utf-8",
    "application/json;charset=UTF-8", "Application/JSON", 'application/json; charset="utf-8"']) {
    assert.equal(await status({ "Content-Type": type }), 200, type);
  }
  for (const type of ["text/plain", "application/jsonx", "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x", "application/json; charset=utf-16", "json", "",
    "application/json; charset=utf-80", "application/problem+json"]) {
    assert.equal(await status({ "Content-Type": type }), 415, type);
  }
  assert.equal(await status({}), 415, "no type");
  assert.equal(await status({ "Content-Type": "application/json",
    "Content-Encoding": "gzip" }), 415);
  await nothingStored(server);
});

test("H14 a body may have 256 KiB and no byte more", async (t) => {
  const server = await startServer(t);
  const text = JSON.stringify(short);
  const padded = (n) => text + " ".repeat(n - text.length);
  const chunked = { "Transfer-Encoding": "chunked" };
  for (const headers of [{}, chunked]) {
    assert.equal((await server.post(padded(CAP + 1), { headers })).status, 413);
    assert.equal((await server.post(padded(CAP + 70000), { headers })).status, 413);
  }
  await nothingStored(server);
  assert.equal((await server.post(padded(CAP))).status, 201);
  assert.equal((await server.post(padded(CAP), { headers: chunked })).status, 201);
});

/* Sends 20 MB as fast as it goes: the status, or why there was none. */
function upload(server, headers) {
  return new Promise((resolve) => {
    const r = http.request(`${server.url}/v1/jobs`, { method: "POST", agent: false,
      headers: { "Content-Type": "application/json", ...headers } });
    let ended = false;
    r.on("response", (response) => {
      ended = true;
      response.resume();
      resolve(response.statusCode);
    });
    r.on("error", (error) => resolve(error.code));
    const piece = Buffer.alloc(65536, 32);
    let left = 20 * 16;
    const more = () => {
      while (!ended && left > 0) {
        left -= 1;
        if (!r.write(piece)) return r.once("drain", more);
      }
      return r.end();
    };
    if (headers.Expect) r.on("continue", () => { ended = true; resolve("continue"); });
    else more();
    if (headers.Expect) r.flushHeaders();
  });
}

test("H14 twenty megabytes are refused without being kept", { skip: sanitized }, async (t) => {
  const server = await startServer(t);
  const length = { "Content-Length": String(20 * 16 * 65536) };
  const resident = () => Number(/VmRSS:\s+(\d+)/.exec(
    fs.readFileSync(`/proc/${server.pid}/status`, "utf8"))[1]);
  await upload(server, length);
  const before = resident();
  for (let i = 0; i < 5; i += 1) {
    assert.equal(await upload(server, { ...length, Expect: "100-continue" }), 413);
    const plain = await upload(server, length);
    assert.ok([413, "ECONNRESET", "EPIPE"].includes(plain), String(plain));
    const chunked = await upload(server, {});
    assert.ok([413, "ECONNRESET", "EPIPE"].includes(chunked), String(chunked));
  }
  assert.ok(resident() - before < 4096, `${resident() - before} KiB more`);
  await nothingStored(server);
});

test("J10 a body that ends too early makes no job", async (t) => {
  const server = await startServer(t);
  const text = JSON.stringify(short);
  const head = `POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\n` +
    `Content-Type: application/json\r\nContent-Length: ${text.length + 1}\r\n\r\n`;
  await new Promise((resolve) => {
    const socket = net.connect(server.port, "127.0.0.1", () => socket.end(head + text));
    socket.on("close", resolve).on("error", resolve).resume();
  });
  await nothingStored(server);
  const half = await exchange(server.port, [head, text.slice(0, 30)], { quiet: 200 });
  assert.deepEqual(half.heads, []);
  await nothingStored(server);
});

test("H15 connections that break off leave nothing open", async (t) => {
  const server = await startServer(t);
  await server.done((await server.submit(spec(short, { evaluate: { every: 1 } }))).id);
  const open = () => fs.readdirSync(`/proc/${server.pid}/fd`).length;
  for (let i = 0; i < 40; i += 1) await server.get("/v1/jobs"); // every thread has its reader
  const before = await settled(open);
  const requests = ["GET /v1/runs/1/trace HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" +
      "Content-Length: 100\r\n\r\n{", "GET /hea"];
  for (let i = 0; i < 200; i += 1) {
    await new Promise((resolve) => {
      const socket = net.connect(server.port, "127.0.0.1", async () => {
        socket.write(requests[i % 3]);
        await sleep(i % 5);
        if (i % 2) socket.resetAndDestroy();
        else socket.destroy();
      });
      socket.on("close", resolve).on("error", () => {});
    });
  }
  await until(() => open() <= before + 2, `${open()} files open, ${before} before`, 25000, 200);
  assert.equal((await server.get("/v1/jobs")).items.length, 1);
});
