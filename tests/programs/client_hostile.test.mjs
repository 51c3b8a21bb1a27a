// The client against servers that mean it no good: endless, slow, lying, with terminal commands in
// their texts, or pointing elsewhere.
import assert from "node:assert/strict";
import fs from "node:fs";
import http from "node:http";
import net from "node:net";
import path from "node:path";
import test from "node:test";
import { defer, removeFolder, temporaryFolder } from "../lib/cleanup.mjs";
import { frugal } from "../lib/client.mjs";
import { onTerminal } from "../lib/terminal.mjs";

const JSON_TYPE = { "Content-Type": "application/json" };
const TOKEN = "frg_00000000_secret";

async function listen(t, server) {
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => { server.on("listening", resolve); });
  defer(t, () => { server.closeAllConnections?.(); server.close(); });
  return `http://127.0.0.1:${server.address().port}`;
}

const answering = (t, answer) => listen(t, http.createServer(answer));
const saying = (t, body, status = 200) => answering(t, (request, response) => {
  response.writeHead(status, JSON_TYPE).end(typeof body === "string" ? body : JSON.stringify(body));
});
const at = (url, options = {}) => ({ ...options,
  env: { FRUGAL_SERVER: url, FRUGAL_TOKEN: TOKEN, ...options.env } });

/* Nothing that a terminal would obey or that turns text around, but colours of our own. */
function assertSafe(text) {
  const plain = text.replace(/\u001b\[\d*[mKJA]/g, "").replaceAll("\r\n", "\n");
  // eslint-disable-next-line no-control-regex
  assert.doesNotMatch(plain, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
}

const EVIL = "\u001b]0;owned\u0007\u001b[2J\u202egnp\u009b31m\r\nfrugal: all is well";
const job = { id: 1, state: EVIL, name: EVIL, tags: [EVIL], note: EVIL, dataset: EVIL, cells: 1,
  progress: 1, created: EVIL, runs: { total: 1, [EVIL]: 1 }, spec: {} };
const run = { id: 1, job: 1, cell: 0, seed: 1, state: EVIL, outcome: EVIL, reason: EVIL,
  progress: { samples: 1, of: 1, per_second: 1, seconds_left: 1 }, results: {}, params: {} };

test("terminal commands in texts stay texts", { timeout: 120000 }, async (t) => {
  const bodies = [
    [["ls"], { items: [job], next_cursor: null }], [["ls", "-r"], { items: [run], next_cursor: null }],
    [["ls", "--csv"], { items: [job] }], [["ls", "--json"], { items: [job] }],
    [["datasets"], { items: [{ name: EVIL, state: EVIL, error: EVIL }] }],
    [["token", "ls"], { items: [{ id: EVIL, user: EVIL, created: EVIL, name: EVIL }] }],
    [["user", "ls"], { items: [{ name: EVIL, role: EVIL, created: EVIL }] }],
    [["user", "ls", "-q"], { items: [{ name: EVIL }] }],
    [["token", "create", "x"], { token: EVIL }], [["cancel", "1"], job], [["ping"], { version: EVIL }],
    [["why", "1"], { run: 1, why: EVIL }], [["verify", "1"], { ...run, verified: { state: EVIL } }],
    [["admin", "backup"], { path: EVIL }], [["show", "1"], { ...job, items: [run] }],
    [["watch", "1"], { ...job, items: [run], next_cursor: null }],
    [["init"], { spec: { name: EVIL } }],
  ];
  for (const [args, body] of bodies) {
    const url = await saying(t, body);
    const r = await onTerminal(args, at(url, { columns: 70 }));
    assertSafe(r.out);
    assert.ok(!r.out.includes("\u001b]0"), args.join(" "));
    if (!args.includes("--csv")) { // there a line break within quotes is one
      assert.ok(!r.out.includes("\nfrugal: all is well"), args.join(" "));
    }
  }
  const problem = await saying(t, { title: EVIL, detail: EVIL,
    errors: [{ pointer: EVIL, detail: EVIL, suggestion: EVIL }] }, 422);
  const r = await frugal(["submit", "-"], at(problem, { input: "{}" }));
  assert.equal(r.code, 3);
  assertSafe(r.err);
});

test("what is no answer: 6, in one or two lines", async (t) => {
  const lies = ["", "{", "[]", "null", "\"x\"", "{\"items\": 7}", "{\"a\": 1, \"a\": 2}",
    "[".repeat(100000), "\u0000", "{\"items\": [1, null, \"x\", []]}"];
  for (const body of lies) {
    const url = await saying(t, body);
    for (const args of [["ls"], ["show", "1"], ["cancel", "1"], ["user", "ls"]]) {
      const { code, err } = await frugal(args, at(url));
      assert.ok([0, 6].includes(code), `${args} ${body.slice(0, 20)}: ${code} ${err}`);
      assert.ok(err.length < 1000 && err.split("\n").length < 5, err);
    }
  }
});

test("an answer without an end is given up at 16 MiB", async (t) => {
  const url = await answering(t, (request, response) => {
    response.writeHead(200, JSON_TYPE);
    const block = "[".repeat(65536);
    const more = () => { while (response.write(block)); };
    response.on("drain", more).on("error", () => {});
    more();
  });
  const { code, err } = await frugal(["ls"], at(url));
  assert.equal(code, 6);
  assert.match(err, /longer than 16 MiB/);
});

test("heads without an end are given up", async (t) => {
  const url = await listen(t, net.createServer((socket) => {
    socket.on("error", () => {});
    socket.write("HTTP/1.1 200 OK\r\n");
    const more = () => { while (socket.writable && socket.write(`X-A: ${"a".repeat(16000)}\r\n`)); };
    socket.on("drain", more);
    more();
  }));
  assert.equal((await frugal(["ls"], at(url))).code, 6);
});

test("an answer that trickles is given up after half a minute", { timeout: 120000 }, async (t) => {
  const url = await answering(t, (request, response) => {
    response.writeHead(200, JSON_TYPE);
    const timer = setInterval(() => response.write(" "), 200);
    response.on("close", () => clearInterval(timer));
  });
  const { code, err } = await frugal(["ping"], at(url, { ms: 110000 }));
  assert.equal(code, 6);
  assert.match(err, /no answer from/);
});

test("a redirect is told, not followed, and never carries the token", async (t) => {
  const seen = [];
  const thief = await answering(t, (request, response) => {
    seen.push([request.url, request.headers]);
    response.writeHead(200, JSON_TYPE).end("{}");
  });
  const folder = temporaryFolder();
  defer(t, () => removeFolder(folder));
  const spec = path.join(folder, "spec.json");
  fs.writeFileSync(spec, "{}");
  for (const status of [301, 302, 303, 307, 308]) {
    const sly = await answering(t, (request, response) => {
      request.resume();
      response.writeHead(status, { Location: `${thief}${request.url}`, "WWW-Authenticate": "Basic" }).end();
    });
    for (const args of [["ls"], ["submit", spec], ["cancel", "1"], ["rm", "1"], ["trace", "1"],
      ["datasets", "add", "x", spec, spec, spec, spec]]) {
      const { code, out, err } = await frugal(args, at(sly, { cwd: folder }));
      assert.equal(code, 6, `${status} ${args}: ${err}`);
      assert.equal(out, "");
      assert.match(err, /HTTP 30\d/);
      assert.ok(err.includes(`it points to ${thief}`) && !err.includes(TOKEN), err);
    }
  }
  assert.deepEqual(seen, []);
});

test("an order whose answer gets lost is not sent again; a submission is, with its key",
  async (t) => {
    const asked = [];
    const url = await answering(t, (request, response) => {
      asked.push([request.method, request.url, request.headers["idempotency-key"]]);
      request.resume();
      request.on("end", () => response.socket.destroy());
    });
    const count = async (args, options) => {
      asked.length = 0;
      const { code, err } = await frugal(args, at(url, options));
      assert.equal(code, 6);
      return { n: asked.length, err };
    };
    for (const args of [["token", "create", "x"], ["verify", "1"], ["rm", "1"], ["user", "rm", "x"],
      ["admin", "backup"]]) {
      const { n, err } = await count(args);
      assert.equal(n, 1, args.join(" "));
      assert.match(err, /may have been done all the same/);
    }
    assert.ok((await count(["ls"])).n > 1);
    assert.ok((await count(["edit", "1", "--name", "x"])).n > 1);
    assert.ok((await count(["submit", "-"], { input: "{}" })).n > 1);
    assert.equal(new Set(asked.map(([, , key]) => key)).size, 1);
    assert.match(asked[0][2], /^[0-9a-f]{32}$/);
  });

test("a settings file says where to go, if nobody else can write to it", async (t) => {
  const url = await saying(t, { version: "7", status: "ok" });
  const folder = temporaryFolder();
  defer(t, () => removeFolder(folder));
  fs.mkdirSync(path.join(folder, "frugal"));
  const file = path.join(folder, "frugal", "frugal.conf");
  const ping = () => frugal(["ping"], { env: { XDG_CONFIG_HOME: folder } });
  fs.writeFileSync(file, `# mine\nserver = ${url}\n`, { mode: 0o600 });
  assert.equal((await ping()).out, `frugald 7 answers at ${url}\n`);
  fs.writeFileSync(file, "sever = x\n");
  const wrong = await ping();
  assert.equal(wrong.code, 2);
  assert.match(wrong.err, /frugal\.conf, line 1: there is no setting "sever"; did you mean server\?/);
  fs.writeFileSync(file, `server = ${url}\n`);
  fs.chmodSync(file, 0o620);
  const open = await ping();
  assert.deepEqual([open.code, open.out], [2, ""]);
  assert.match(open.err, /can be changed by others/);
});
