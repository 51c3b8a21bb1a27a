// Bodies that are no job: what is answered, and that nothing is stored or harmed.
// The bodies stand in ../bad/*.json.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import * as paths from "../lib/paths.mjs";
import { startServer } from "../lib/server.mjs";
import { short } from "../lib/specs.mjs";

function table(name) {
  return JSON.parse(fs.readFileSync(path.join(paths.tests, "bad", name), "utf8"));
}

function bodyOf({ spec, text, hex, parts }) {
  if (spec !== undefined) return JSON.stringify(spec);
  if (hex !== undefined) return Buffer.from(hex, "hex");
  return text ?? parts.map(([piece, times = 1]) => piece.repeat(times)).join("");
}

function checkProblem(r, status) {
  assert.equal(r.status, status, r.text.slice(0, 500));
  assert.match(r.headers["content-type"], /^application\/problem\+json/);
  assert.ok(r.text.length <= 8192, `${r.text.length} bytes of answer`);
  const problem = r.json();
  assert.equal(problem.status, status);
  for (const key of ["type", "title", "detail"]) assert.equal(typeof problem[key], "string");
  for (const error of problem.errors ?? []) {
    assert.deepEqual(Object.keys(error).sort(), ["code", "detail", "pointer", "suggestion"]);
    assert.ok(error.detail.length > 3 && error.code.length > 3);
  }
  return problem;
}

/* Every error that is expected is there, and no other. */
function checkErrors(errors, expected) {
  const left = [...errors];
  for (const [pointer, code, suggestion] of expected) {
    const i = left.findIndex((e) => (pointer === "*" || e.pointer === pointer) &&
      e.code === code && (suggestion === undefined || e.suggestion === suggestion));
    assert.notEqual(i, -1, `no ${code} at ${pointer} in ${JSON.stringify(errors)}`);
    left.splice(i, 1);
    if (pointer === "*") left.length = 0;
  }
  assert.deepEqual(left, [], "errors that nobody expected");
}

async function checkUnharmed(server) {
  assert.deepEqual(await server.get("/v1/jobs"), { items: [], next_cursor: null });
  assert.deepEqual(await server.get("/v1/runs"), { items: [], next_cursor: null });
  const job = await server.submit(short);
  assert.equal(job.id, 1);
  assert.equal((await server.done(1)).state, "succeeded");
}

test("specs with errors", async (t) => {
  const server = await startServer(t);
  for (const row of table("specs.json")) {
    await t.test(row.id, async () => {
      const problem = checkProblem(await server.post(bodyOf(row)), 422);
      checkErrors(problem.errors, row.errors);
      const n = problem.errors.length;
      assert.equal(problem.detail, `the spec has ${n} error${n === 1 ? "" : "s"}`);
    });
  }
  await t.test("nothing is stored, no harm is done", () => checkUnharmed(server));
});

test("bodies that are not JSON", async (t) => {
  const server = await startServer(t);
  for (const row of table("json.json")) {
    await t.test(row.id, async () => {
      const began = Date.now();
      const problem = checkProblem(await server.post(bodyOf(row)), 400);
      assert.ok(problem.errors.length === 1 && problem.errors[0].pointer === "");
      assert.ok(Date.now() - began < 2000);
    });
  }
  await t.test("nothing is stored, no harm is done", () => checkUnharmed(server));
});

test("very many errors do not make a very long answer", async (t) => {
  const server = await startServer(t);
  const unknown = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`k${i}`, 1]));
  const r = await server.post({ dataset: "tiny", ...unknown });
  assert.equal(r.status, 422);
  const problem = r.json();
  assert.ok(r.text.length < 65536, `${r.text.length} bytes`);
  assert.equal(problem.errors.length + problem.errors_unlisted, 5000);
  assert.equal(problem.detail, "the spec has 5000 errors");
  await checkUnharmed(server);
});

test("raw input is not echoed at length", async (t) => {
  const server = await startServer(t);
  const long = "Q".repeat(3000);
  for (const body of [{ dataset: "tiny", [long]: 1 }, { dataset: long },
    { dataset: "tiny", network: { activation: long } },
    { dataset: "tiny", sweep: { [long]: [1] } }]) {
    const problem = checkProblem(await server.post(body), 422);
    assert.ok(!JSON.stringify(problem).includes("Q".repeat(300)), "echoed");
  }
});

test("memory does not grow with large bodies", { skip: paths.sanitized }, async (t) => {
  const server = await startServer(t);
  const resident = () => Number(/VmRSS:\s+(\d+)/.exec(
    fs.readFileSync(`/proc/${server.pid}/status`, "utf8"))[1]) / 1024;
  const objects = `[{}${",{}".repeat(87000)}]`;
  await server.post(objects);
  const before = resident();
  for (let i = 0; i < 30; i += 1) assert.equal((await server.post(objects)).status, 422);
  assert.ok(resident() - before < 24, `grew by ${resident() - before} MiB`);
});
