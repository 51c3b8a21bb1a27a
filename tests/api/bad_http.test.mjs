// Requests that no proper client sends, byte for byte. They stand in ../bad/http.json:
//   send, parts [text, times], hex: what goes over the wire
//   job: a header (@ is the length) that is followed by a good job, which must not be made
//   smuggle: a request that is followed by another one, which must not be executed
//   expect: the status codes of the answers; closes: whether the server hangs up
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { numbers } from "../lib/idx.mjs";
import * as paths from "../lib/paths.mjs";
import { exchange } from "../lib/raw.mjs";
import { startServer } from "../lib/server.mjs";
import { short } from "../lib/specs.mjs";

const rows = JSON.parse(fs.readFileSync(path.join(paths.tests, "bad", "http.json"), "utf8"));
const BODY = JSON.stringify(short);
const SECOND = "POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\n" +
  `Content-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`;

function bytesOf({ send, parts, hex, job, smuggle }) {
  if (hex) return Buffer.from(hex, "hex");
  const text = send?.join("") ?? (job && job.replace("@", String(BODY.length)) + BODY) ??
    (smuggle && smuggle + SECOND) ??
    parts.map(([piece, times = 1]) => piece.repeat(times)).join("");
  return Buffer.from(text, "latin1");
}

async function checkUnharmed(server) {
  assert.equal((await server.request("/healthz")).status, 200);
  assert.deepEqual((await server.get("/v1/jobs")).items, [], "a job was made");
}

test("malformed requests", async (t) => {
  const server = await startServer(t);
  for (const row of rows) {
    await t.test(row.id, async () => {
      const { text, closed, heads, ms } = await exchange(server.port, bytesOf(row));
      const got = heads.join(" ");
      assert.match(got, new RegExp(`^(?:${row.expect})$`), text.slice(0, 600));
      if (row.closes !== undefined) {
        assert.equal(closed, row.closes, row.closes ? "not closed" : "closed");
      }
      if (row.never) assert.ok(!text.includes(row.never), text);
      assert.ok(!text.includes("root:"), "a file was read");
      assert.ok(ms < 12000, `${ms} ms`);
      await checkUnharmed(server);
    });
  }
});

test("a character that must be escaped is named", async (t) => {
  const server = await startServer(t);
  for (const [target, bare, escaped] of [["/v1/runs?filter=test_accuracy>=0.95", "bare >", "%3E"],
    ["/v1/runs?filter=m0<3", "bare <", "%3C"], ["/v1/jobs?limit=1%", "bare %", "%25"],
    ["/v1/runs?filter=a|b", "bare |", "%7C"], ['/v1/runs?filter=name="x"', "bare \"", "%22"],
    ["/\u00e4", "byte C3", "%C3"]]) {
    const { text } = await exchange(server.port,
      Buffer.from(`GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`));
    const { status, detail } = JSON.parse(text.slice(text.indexOf("\r\n\r\n")));
    assert.equal(status, 400, target);
    assert.ok(detail.endsWith(`a ${bare}: write ${escaped} instead`), detail);
  }
});

test("the second request would be executed if the first one were good", async (t) => {
  const server = await startServer(t);
  const first = `GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n`;
  const { heads } = await exchange(server.port, first + SECOND);
  assert.deepEqual(heads, [200, 201]);
});

test("random bytes", async (t) => {
  const server = await startServer(t);
  const seed = Number(process.env.FRUGAL_SEED ?? 1);
  t.diagnostic(`FRUGAL_SEED=${seed}`);
  const next = numbers(seed);
  for (let i = 0; i < 20; i += 1) {
    const bytes = Buffer.from(Array.from({ length: 65536 }, () => next(256)));
    const { heads } = await exchange(server.port, bytes, { quiet: 300 });
    assert.ok(heads.every((code) => code >= 400 && code < 600), String(heads));
  }
  await checkUnharmed(server);
});

test("bytes of a good request changed one at a time", async (t) => {
  const server = await startServer(t);
  const next = numbers(Number(process.env.FRUGAL_SEED ?? 1));
  const good = Buffer.from("GET /v1/jobs?limit=3 HTTP/1.1\r\nHost: localhost\r\n" +
    "Accept: application/json\r\nConnection: close\r\n\r\n");
  for (let i = 0; i < 150; i += 1) {
    const bytes = Buffer.from(good);
    bytes[next(bytes.length)] = next(256);
    const { heads } = await exchange(server.port, bytes, { quiet: 40 });
    assert.ok(heads.length <= 2 && heads.every((code) => code >= 200 && code < 600));
  }
  await checkUnharmed(server);
});
