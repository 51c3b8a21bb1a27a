// Clients that are slow, silent or many must not keep others from being served.
import assert from "node:assert/strict";
import net from "node:net";
import test from "node:test";
import { defer, sleep, until } from "../lib/cleanup.mjs";
import { request } from "../lib/http.mjs";
import { startServer } from "../lib/server.mjs";
import { slowClients } from "../lib/slow.mjs";
import { short } from "../lib/specs.mjs";

/* A connection from `localAddress` that sends `text` byte by byte, and when it ended. */
function drip(t, server, { text = "", every = 1000, localAddress = "127.0.0.1" }) {
  const state = { closedAfter: null, connected: false };
  const began = Date.now();
  const socket = net.connect({ port: server.port, host: "127.0.0.1", localAddress });
  defer(t, () => socket.destroy());
  let sent = 0;
  const timer = setInterval(() => {
    if (sent < text.length && !socket.destroyed) socket.write(text[sent]);
    sent += 1;
  }, every);
  socket.on("connect", () => { state.connected = true; });
  socket.on("error", () => {});
  socket.on("close", () => {
    clearInterval(timer);
    state.closedAfter ??= Date.now() - began;
  });
  socket.resume();
  return state;
}

test("H13 a header that never ends, and a client that says nothing", async (t) => {
  const server = await startServer(t);
  const slow = [
    drip(t, server, { text: `GET /healthz HTTP/1.1\r\nHost: ${"x".repeat(500)}` }),
    drip(t, server, {}),
    drip(t, server, { text: "G" }),
  ];
  await until(() => slow.every((c) => c.closedAfter !== null), "the end of all", 35000, 100);
  assert.ok(slow.every((c) => c.closedAfter > 5000), "not in undue haste");
  assert.ok(slow[0].closedAfter < 16000, `${slow[0].closedAfter} ms`);
});

test("H16 one address cannot take all connections", async (t) => {
  const server = await startServer(t);
  const many = Array.from({ length: 300 }, () => drip(t, server, {}));
  await until(() => many.every((c) => c.connected || c.closedAfter !== null), "300 clients");
  await sleep(500);
  const kept = many.filter((c) => c.closedAfter === null).length;
  assert.ok(kept <= 64, `${kept} kept`);
  assert.ok(kept >= 16, `${kept} kept`);
  for (let i = 0; i < 20; i += 1) {
    const began = Date.now();
    const status = await statusFrom(server, "127.0.0.2");
    assert.equal(status, 200);
    assert.ok(Date.now() - began < 2000);
  }
});

function statusFrom(server, localAddress) {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ port: server.port, host: "127.0.0.1", localAddress }, () =>
      socket.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
    let text = "";
    socket.setTimeout(10000, () => socket.destroy(new Error("no answer")));
    socket.on("data", (data) => { text += data; });
    socket.on("error", reject);
    socket.on("close", () => resolve(Number(text.split(" ")[1])));
  });
}

test("P15 two hundred slow clients beside a good one, which meets no error", async (t) => {
  const server = await startServer(t);
  const slow = slowClients(server.port, { header: 80, body: 40, deaf: 40, idle: 40 });
  defer(t, () => slow.close());
  await until(() => slow.connected >= 200, "two hundred connections");
  const { id } = await server.submit(short);
  await server.done(id);
  for (let i = 0; i < 300; i += 1) {
    assert.equal((await server.request(i % 2 ? "/v1/jobs" : `/v1/runs/${id}`)).status, 200);
    if (i % 50 === 0) await server.submit(short);
  }
  await until(() => slow.ends >= 100, "the end of the slow", 60000, 100);
  assert.equal((await server.get("/v1/jobs")).items.length, 7);
});

test("many requests one after the other and at once", async (t) => {
  const server = await startServer(t);
  const worker = async () => {
    for (let i = 0; i < 100; i += 1) {
      assert.equal((await request(`${server.url}/v1/jobs`)).status, 200);
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
});
