// The client on a terminal: progress drawn in place, Ctrl-C, narrow windows, colours.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { until } from "../lib/cleanup.mjs";
import { startServer } from "../lib/server.mjs";
import { endless, long, short, spec } from "../lib/specs.mjs";
import { onTerminal } from "../lib/terminal.mjs";

const ESCAPE = "\u001b";

async function setUp(t) {
  const server = await startServer(t);
  const file = path.join(server.place.folder, "spec.json");
  const write = (document) => fs.writeFileSync(file, JSON.stringify(document));
  const terminal = (args, options = {}) => onTerminal(args,
    { ...options, env: { FRUGAL_SERVER: server.url, ...options.env } });
  return { server, file, write, terminal };
}

const work = spec(long, { seeds: 3, record: { weights: false },
  stop: { accuracy: null, epochs: null, samples: 300000 } });

test("progress is drawn in place, and stands there once", async (t) => {
  const { file, write, terminal } = await setUp(t);
  write(work);
  const { code, out, screen } = await terminal(["submit", file, "--follow"], { columns: 100 });
  assert.equal(code, 0, out);
  const of = (pattern) => screen.filter((line) => pattern.test(line)).length;
  for (const run of [1, 2, 3]) assert.equal(of(new RegExp(`^run ${run} +succeeded`)), 1, out);
  assert.equal(of(/^\[#+\] 3\/3 runs 100 %$/), 1, screen.join("\n"));
  assert.ok(out.split(`${ESCAPE}[4A`).length > 2, "the block of four lines is drawn again");
  assert.match(out, /\d+\/s +\d+ (s|min) left/, "rate and time left of a run");
  assert.match(out, /\] [0-2]\/3 runs \d+ % ≤ \d+ (s|min|h) left \d+\/s/, "and of all");
});

test("40 columns: no line is wider, in progress and in tables", async (t) => {
  const { file, write, terminal } = await setUp(t);
  write(spec(work, { name: "a name that is longer than forty columns of a terminal" }));
  const wide = (screen) => screen.filter((line) => [...line].length > 40);
  for (const args of [["submit", file, "--follow"], ["ls"], ["ls", "-r"], ["show", "1", "-r"],
    ["compare", "1"], ["datasets"]]) {
    const { code, out, screen } = await terminal(args, { columns: 40, rows: 12 });
    assert.equal(code, 0, out);
    const notes = /^(frugal: no room|name |created|started|finished|frugal: mean)/;
    assert.deepEqual(wide(screen).filter((line) => !notes.test(line)), [], args.join(" "));
  }
  const { screen } = await terminal(["ls", "-r"], { columns: 40 });
  assert.match(screen.at(-1), /^frugal: no room in this terminal for \d+ more columns/);
});

test("more runs than lines: those at work, how many are in which state, and a bar", async (t) => {
  const { file, write, terminal } = await setUp(t);
  write(spec(short, { seeds: 30, stop: { accuracy: null, epochs: null, samples: 60000 } }));
  const { code, out, screen } = await terminal(["submit", file, "-f"], { columns: 90, rows: 10 });
  assert.equal(code, 0, out);
  assert.ok(screen.some((line) => line === "30 runs: 30 succeeded"), screen.join("\n"));
  assert.ok(screen.some((line) => /^\[#+\] 30\/30 runs 100 %$/.test(line)), screen.join("\n"));
});

test("Ctrl-C detaches, and the job goes on", async (t) => {
  const { server, file, write, terminal } = await setUp(t);
  write(endless);
  const typed = async (type, soFar) => {
    await until(() => /run 1 +\S*running/.test(soFar()), "the progress");
    type("\u0003");
  };
  const { code, screen } = await terminal(["submit", file, "-f"], { typed });
  assert.equal(code, 130);
  assert.match(screen.join("\n"), /frugal: job 1 goes on; frugal watch 1 follows it again/);
  assert.equal((await server.get("/v1/jobs/1")).state, "running");
  assert.equal((await terminal(["watch", "1"], { typed })).code, 130);
});

test("what is deleted for good is asked for first", async (t) => {
  const { server, terminal } = await setUp(t);
  await server.done((await server.submit(short)).id);
  const answer = (word) => ({ typed: async (type, soFar) => {
    await until(() => /Type yes/.test(soFar()), "the question");
    type(`${word}\n`);
  } });
  const kept = await terminal(["rm", "--purge", "1"], answer("y"));
  assert.equal(kept.code, 2);
  assert.match(kept.out, /nothing was deleted/);
  assert.equal((await server.get("/v1/jobs/1")).state, "succeeded");
  const gone = await terminal(["rm", "--purge", "1"], answer("yes"));
  assert.equal(gone.code, 0);
  assert.match(gone.out, /with 1 run and .*job 1 is deleted/s);
});

test("colours, unless NO_COLOR or a dumb terminal says no", async (t) => {
  const { server, terminal } = await setUp(t);
  await server.done((await server.submit(short)).id);
  assert.ok((await terminal(["ls"])).out.includes(`${ESCAPE}[32msucceeded`));
  for (const env of [{ NO_COLOR: "1" }, { TERM: "dumb" }]) {
    assert.ok(!(await terminal(["ls"], { env })).out.includes(ESCAPE), JSON.stringify(env));
  }
});
