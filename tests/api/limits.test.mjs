// Limits that are settings: at each of them, and one beyond.
import assert from "node:assert/strict";
import net from "node:net";
import test from "node:test";
import { bearer, token } from "../lib/accounts.mjs";
import { defer, sleep, until } from "../lib/cleanup.mjs";
import { parse } from "../lib/metrics.mjs";
import { startServer, workspace } from "../lib/server.mjs";
import { short } from "../lib/specs.mjs";
import { Events } from "../lib/sse.mjs";

/* A connection that says `text` at once and then `more`, every 100 ms: {open}. */
function connect(t, server, { text = "", more = "", localAddress = "127.0.0.1" } = {}) {
  const state = { open: true };
  const socket = net.connect({ port: server.port, host: "127.0.0.1", localAddress });
  defer(t, () => socket.destroy());
  const timer = setInterval(() => more && !socket.destroyed && socket.write(more), 100);
  socket.on("connect", () => socket.write(text));
  socket.on("error", () => {});
  socket.on("close", () => {
    clearInterval(timer);
    state.open = false;
  });
  socket.resume();
  return state;
}

const metric = async (server, name) => parse((await server.request("/metrics",
  { localAddress: "127.0.0.99" })).text).value(name);

test("connections from one address", async (t) => {
  const server = await startServer(t, { args: ["--connections-per-address", "3"] });
  const many = Array.from({ length: 3 }, () => connect(t, server));
  await until(async () => await metric(server, "frugal_http_connections") === 4, "three and us");
  const fourth = connect(t, server);
  await until(() => !fourth.open, "the end of the fourth");
  assert.ok(many.every(({ open }) => open));
});

test("the size of a job", async (t) => {
  const server = await startServer(t, { args: ["--body-kilobytes", "2"] });
  const body = (size) => JSON.stringify(short) + " ".repeat(size - JSON.stringify(short).length);
  const post = async (text) => (await server.post(text, { query: "?dry_run=1" })).status;
  assert.equal(await post(body(2048)), 200);
  assert.equal(await post(body(2049)), 413);
  const chunked = await server.request("/v1/jobs", { method: "POST", body: body(2049),
    headers: { "Content-Type": "application/json", "Transfer-Encoding": "chunked" } });
  assert.equal(chunked.status, 413);
  assert.equal((await server.post(body(2048))).status, 201);
});

test("streams of events, of all and of one user", async (t) => {
  const place = workspace(t);
  const [anna, bert] = [await token(place, "anna"), await token(place, "bert")];
  const server = await startServer(t, { place, args: ["--require-tokens", "--event-streams", "3",
    "--event-streams-per-user", "2"] });
  const open = (secret) => Events.open(t, `${server.url}/v1/events`, bearer(secret));
  const [one, two] = [await open(anna), await open(anna)];
  assert.deepEqual([one.status, two.status, (await open(anna)).status], [200, 200, 429]);
  assert.equal((await open(bert)).status, 200);
  assert.equal((await open(bert)).status, 503);
  one.close();
  await until(async () => (await open(bert)).status === 200, "room", 25000, 500);
});

test("header, body, silence: each has its seconds", async (t) => {
  const server = await startServer(t, { args: ["--header-seconds", "2", "--body-seconds", "2",
    "--upload-seconds", "2", "--idle-seconds", "2"] });
  const head = (line, type) => `${line} HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\n` +
    "Content-Length: 200000\r\n\r\n";
  const slow = {
    header: connect(t, server, { text: "GET / HTTP/1.1\r\nHost: localhost\r\nX: ", more: "x" }),
    body: connect(t, server, { text: head("POST /v1/jobs", "application/json"),
      more: " ".repeat(500) }),
    upload: connect(t, server, { text: head("PUT /v1/datasets/new/train_labels",
      "application/octet-stream"), more: " ".repeat(500) }),
    silence: connect(t, server),
    silence_after_a_request: connect(t, server,
      { text: "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n" }),
  };
  for (const [name, state] of Object.entries(slow)) {
    await until(() => !state.open, `the end of the slow ${name}`);
  }
  assert.deepEqual((await server.get("/v1/jobs")).items, []);
  assert.ok(await metric(server, "frugal_http_connections_reaped_total") >= 3);
});

test("a client that asks and never reads", async (t) => {
  const server = await startServer(t, { args: ["--idle-seconds", "2"] });
  const socket = net.connect(server.port, "127.0.0.1");
  defer(t, () => socket.destroy());
  const state = { open: true };
  socket.on("error", () => {}).on("close", () => { state.open = false; });
  socket.pause();
  socket.write("GET /openapi.yaml HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(400)); // 40 MB
  await until(async () => await metric(server, "frugal_http_connections") === 2, "both of us");
  await until(async () => await metric(server, "frugal_http_connections") === 1, "its end");
  socket.resume();
  await until(() => !state.open, "that it hears of it");
});

test("a body that grows by less than 1 kB/s, though it may take long", async (t) => {
  const server = await startServer(t, { args: ["--body-seconds", "3600"] });
  const head = "POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\n" +
    "Content-Type: application/json\r\nContent-Length: 200000\r\n\r\n";
  const fast = connect(t, server, { text: head, more: " ".repeat(400) });
  const slow = connect(t, server, { text: head, more: " ".repeat(20) });
  await until(() => !slow.open, "the end of the slow one", 60000);
  await sleep(500);
  assert.ok(fast.open);
});

test("a server that was stopped for a while does not blame its clients", async (t) => {
  const server = await startServer(t);
  const text = "POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\n" +
    "Content-Type: application/json\r\nContent-Length: 200000\r\n\r\n";
  const many = Array.from({ length: 20 }, () => connect(t, server, { text, more: " ".repeat(400) }));
  await until(async () => await metric(server, "frugal_http_connections") === 21, "all of them");
  process.kill(server.pid, "SIGSTOP");
  await sleep(11000);
  process.kill(server.pid, "SIGCONT");
  await sleep(2000);
  assert.equal(many.filter(({ open }) => open).length, 20);
  assert.equal(await metric(server, "frugal_http_connections_reaped_total"), 0);
});
