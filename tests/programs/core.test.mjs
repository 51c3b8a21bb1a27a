// What computes has an identity: the same at two commits that leave it alone, and another one
// where the numbers could be others; then nothing of before is gone on with or taken over.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { execFileSync } from "node:child_process";
import { defer, plainEnvironment, removeFolder, temporaryFolder, until } from "../lib/cleanup.mjs";
import * as paths from "../lib/paths.mjs";
import { startServer } from "../lib/server.mjs";
import { long, short, spec } from "../lib/specs.mjs";

const BUILD = { GIT_AUTHOR_NAME: "a", GIT_AUTHOR_EMAIL: "a@b", GIT_COMMITTER_NAME: "a",
  GIT_COMMITTER_EMAIL: "a@b", MAKEFLAGS: "" };

/* The sources under a history of their own. */
function checkout(t) {
  const folder = temporaryFolder();
  defer(t, () => removeFolder(folder));
  for (const name of ["Makefile", "README.md", "server"])
    fs.cpSync(path.join(paths.root, name), path.join(folder, name), { recursive: true });
  const run = (program, ...args) =>
    execFileSync(program, args, { cwd: folder, env: plainEnvironment(BUILD), encoding: "utf8" });
  run("git", "init", "-q");
  return {
    change(name, text) { fs.appendFileSync(path.join(folder, name), text); },
    commit() {
      run("git", "add", "-A");
      run("git", "commit", "-q", "-m", "a change");
    },
    /* What a build says of itself. */
    about(...options) {
      run("make", "-s", "B=build", "build/gen/version.h", ...options);
      const text = fs.readFileSync(path.join(folder, "build", "gen", "version.h"), "utf8");
      return { version: /VERSION "(.+)"/.exec(text)[1], core: /CORE "(.+)"/.exec(text)[1] };
    },
  };
}

test("two commits have the same core, unless it changes", async (t) => {
  const sources = checkout(t);
  sources.commit();
  const first = sources.about();
  assert.match(first.core, /^[0-9a-f]{64}$/);
  assert.deepEqual(sources.about(), first);
  for (const name of ["README.md", "server/http/views.c", "server/main.c"])
    sources.change(name, "\n");
  sources.commit();
  const second = sources.about();
  assert.notEqual(second.version, first.version);
  assert.equal(second.core, first.core);
  const seen = new Set([first.core]);
  for (const name of ["server/learn/kernels.c", "server/learn/net.h", "server/spec/finish.c",
    "server/data/dataset.c", "server/work/setup.c"]) {
    sources.change(name, "\n");
    seen.add(sources.about().core);
  }
  seen.add(sources.about("CFLAGS=-O1").core);
  seen.add(sources.about("SAN=address").core);
  assert.equal(seen.size, 8, "each change makes another one");
});

/* Does something to the database of a server that has stopped. */
function edit(server, sql) {
  execFileSync("python3", ["-c", `import sqlite3, sys
c = sqlite3.connect(sys.argv[1])
c.executescript(sys.argv[2])`, path.join(server.place.data, "frugal.db"), sql]);
}

const csv = async (server, run) => (await server.request(`/v1/runs/${run}/trace?format=csv`)).text;
const started = async (server, run) => (await server.get(`/v1/runs/${run}/attempts`)).items
  .map((a) => a.resumed === null ? "anew" : "on");

test("a run goes on where the core is the same, and begins again where it is not", async (t) => {
  const job = spec(long, { evaluate: { every: 20000 },
    stop: { accuracy: null, epochs: null, samples: 1500000 } });
  let server = await startServer(t, { workers: 1 });
  const interrupt = async (sql) => {
    const { last } = (await server.get("/v1/runs/1/trace"));
    await until(async () => (await server.get("/v1/runs/1/trace")).last > last, "a row");
    server.checkEnd(await server.stop());
    if (sql) edit(server, sql);
    server = await startServer(t, { place: server.place, workers: 1 });
    await until(async () => (await server.get("/v1/runs/1")).state === "running", "an attempt");
  };
  await server.submit(job);
  await until(async () => (await server.get("/v1/runs/1")).results?.samples > 0, "rows");
  await interrupt("UPDATE run SET build = 'another commit'");
  const { provenance } = await server.get("/v1/runs/1");
  assert.match(provenance.core, /^[0-9a-f]{16}$/);
  await interrupt("UPDATE run SET core = 'another'");
  await interrupt("UPDATE run SET core = NULL"); // of before there was one
  assert.equal((await server.done(1)).state, "succeeded");
  assert.deepEqual(await started(server, 1), ["anew", "on", "anew", "anew"]);
  assert.equal((await server.get("/v1/runs/1")).provenance.core, provenance.core);
  const cores = (await server.get("/v1/runs/1/attempts")).items.map((a) => a.core);
  assert.deepEqual(cores, Array(4).fill(provenance.core));
  await server.submit(job);
  await server.done(2);
  assert.equal(await csv(server, 1), await csv(server, 2));
});

test("rows of another core are not compared, and its traces not taken over", async (t) => {
  let server = await startServer(t, { workers: 1 });
  const job = spec(short, { reuse: true });
  await server.done((await server.submit(job)).id);
  const wanted = await csv(server, 1);
  const again = async (sql) => {
    server.checkEnd(await server.stop());
    edit(server, sql);
    server = await startServer(t, { place: server.place, workers: 1 });
    const { id } = await server.submit(job);
    assert.equal((await server.done(id)).state, "succeeded");
    const run = await server.get(`/v1/runs/${id}`);
    assert.equal(await csv(server, id), wanted);
    return run.reused;
  };
  assert.equal(await again("UPDATE run SET build = 'another commit'"), 1);
  assert.equal(await again("UPDATE run SET core = 'another'"), null);
  assert.equal(await again("UPDATE run SET core = NULL"), null);
  // What the other core gave would differ from what this one gives: no mismatch, but new rows.
  server.checkEnd(await server.stop());
  edit(server, `UPDATE run SET core = 'another';
    UPDATE run SET state = 'queued' WHERE id = 1;
    UPDATE trace SET value = zeroblob(length(value)) WHERE run = 1`);
  server = await startServer(t, { place: server.place, workers: 1 });
  const run = await until(async () => {
    const r = await server.get("/v1/runs/1");
    return r.state === "succeeded" && r;
  }, "its end");
  assert.equal(run.reused, null);
  assert.equal(await csv(server, 1), wanted);
});
