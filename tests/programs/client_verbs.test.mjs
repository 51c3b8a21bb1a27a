// The verbs of the client that change jobs: what they print, and how they end.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { sleep, until } from "../lib/cleanup.mjs";
import { clientOf } from "../lib/client.mjs";
import { lossyProxy } from "../lib/lossy.mjs";
import { startServer } from "../lib/server.mjs";
import { endless, long, short, spec } from "../lib/specs.mjs";

async function atWork(server, run) {
  await until(async () => (await server.get(`/v1/runs/${run}`)).results, `run ${run} at work`);
}

/* {ok(args, words), ends(code, args, words)} of the client of that server. */
function verbs(server) {
  const frugal = clientOf(server);
  const ends = async (code, args, words, stream = "err") => {
    const r = await frugal(...args.split(" "));
    assert.equal(r.code, code, `${args}: ${r.err}`);
    assert.match(r[stream], words);
    return r;
  };
  return { ends, ok: (args, words = /^$/) => ends(0, args, words, "out") };
}

test("hold, release, cancel, retry, extend, rm, restore", async (t) => {
  const server = await startServer(t, { workers: 1 });
  const { ok, ends } = verbs(server);
  await server.submit(endless);
  await atWork(server, 1);
  await server.submit(spec(short, { seeds: 3, sweep: { "/network/hidden/0": [5] } }));
  await ok("hold 2", /^job 2 is held: 3 held\n$/);
  await ok("why 3", /^run 3: it is held, until somebody releases it\n$/);
  await ok("release 2 2 4", /^job 2 is queued: 2 queued, 1 held\n$/);
  await ok("why 2", /^run 2: it is next, as soon as a worker is free\nplace 1 in the queue\n/);
  await ok("why 4", /^run 4: 1 run goes before it: 1 of its owner, 0 of others \(workers: 1\)\n/);
  await ok("release 2", /^job 2 is queued: 3 queued\n$/);
  await ok("why 4", /^run 4: 2 runs go before it: 2 of its owner, 0 of others \(workers: 1\)\n/);
  await ok("cancel 2 3 4", /^job 2 is running: 1 queued, 2 cancelled\n$/);
  await ends(7, "retry 2 2", /run 2 is queued: it cannot be told to retry \(HTTP 409\)/);
  await ends(4, "cancel 2 1", /job 2 has no run 1/);
  await ends(4, "cancel 9", /no such job/);
  await ends(2, "cancel x", /a job is named by its number/);
  await ends(2, "cancel 2 x", /a run is named by its number/);
  await ok("cancel 1 -q", /^1\n$/);
  await server.done(2);
  await ends(7, "retry 2 --failed", /job 2 is cancelled: there is nothing to retry/);
  await ok("retry 2", /^job 2 is (queued|running)/);
  await server.done(2);
  const json = JSON.parse((await ok("extend 2 --sweep network.hidden.0=[5,9] --json", /./)).out);
  assert.deepEqual(json.spec.sweep, { "/network/hidden/0": [5, 9] });
  await server.done(2);
  await ok("extend 2 --seeds 4 --sweep /network/hidden/0=11", /^job 2 is running/);
  assert.equal((await server.done(2)).runs.total, 12);
  await ends(2, "extend 2", /--seeds or --sweep/);
  await ends(3, "extend 2 --sweep training.l2=[1]", /the job does not sweep this/);
  await ok("rm 2", /^job 2 is in the trash; frugal restore 2 takes it out\n$/);
  assert.doesNotMatch((await ok("ls", /\n +1 /)).out, /\n +2 /);
  await ok("ls --trash", /\n +2 /);
  await ends(7, "rm 2", /job 2 is in the trash already/);
  await ok("restore 2", /^job 2 is out of the trash again\n$/);
  const refused = await ends(2, "rm --purge 2", /job 2, .*is not in the trash.*with 12 runs/);
  assert.match(refused.err, /--yes/);
  await ok("show 2", /./);
  await ok("rm --purge --yes 2", /^job 2 is deleted\n$/);
  await ok("rm 1", /trash/);
  await ok("rm --purge 1 --json", /"deleted": true/);
  await ends(4, "show 2", /no such job/);
});

test("edit and tag", async (t) => {
  const server = await startServer(t, { workers: 0 });
  const frugal = clientOf(server);
  const { ok, ends } = verbs(server);
  await server.submit(spec(short, { tags: ["old"], seeds: 2 }));
  const edit = async (...args) => {
    const r = await frugal("edit", "1", ...args);
    assert.deepEqual([r.code, r.err], [0, ""]);
    return server.get("/v1/jobs/1");
  };
  const job = await edit("--name", "a name", "--note", "what, for", "--priority", "-7",
    "--parallel", "3");
  assert.deepEqual([job.name, job.note, job.priority, job.parallel, job.tags],
    ["a name", "what, for", -7, 3, ["old"]]);
  const again = await edit("--parallel=any", "--note=", "--tags", "x,y z");
  assert.deepEqual([again.name, again.note, again.parallel, again.tags],
    ["a name", "", null, ["x", "y z"]]);
  await ok("tag 1 fig3 x fig4", /^job 1 is queued: 2 queued\n$/);
  assert.deepEqual((await server.get("/v1/jobs/1")).tags, ["x", "y z", "fig3", "fig4"]);
  await ok("tag --remove 1 x fig4 nothing -q", /^1\n$/);
  const { out } = await ok("tag 1 fig3 --json", /./);
  assert.deepEqual(JSON.parse(out).tags, ["y z", "fig3"]);
  assert.deepEqual((await edit("--tags", "")).tags, []);
  await ends(2, "edit 1", /--name, --note, --tags, --priority or --parallel/);
  await ends(2, "edit 1 --priority high", /--priority takes a whole number, not "high"/);
  await ends(2, "edit 1 --parallel 2x", /--parallel takes a whole number/);
  await ends(3, "edit 1 --priority 5000", /\/priority: must be at least -1000/);
  await ends(2, "tag 1", /tag takes JOB TAG/);
  await ends(4, "tag 9 x", /no such job/);
  await ends(4, "edit 9 --name x", /no such job/);
});

test("wait and watch: how jobs ended, and the exit code", async (t) => {
  const server = await startServer(t, { workers: 1 });
  const { ok, ends } = verbs(server);
  await server.submit(spec(long, { seeds: 2, stop: { accuracy: null, epochs: null,
    samples: 100000 } }));
  await server.submit(spec(short, { training: { learning_rate: 99 } }));
  const watched = await ok("watch 1", /\n *2 +100000 ± 0/);
  assert.match(watched.err, /run 2 succeeded/);
  await ok("wait 1", /^job 1 is succeeded: 2 succeeded\n$/);
  const both = await ends(1, "wait 2 1", /run 3 failed: .*diverged/);
  assert.match(both.out, /^job 2 is failed: 1 failed\njob 1 is succeeded: 2 succeeded\n$/);
  await ok("wait 1 -q", /^1\n$/);
  assert.equal(JSON.parse((await ok("wait 1 --json", /./)).out).state, "succeeded");
  assert.deepEqual(await ok("watch 1 -q", /^1\n$/), { code: 0, out: "1\n", err: "" });
  assert.equal(JSON.parse((await ok("watch 1 --json", /./)).out).job.id, 1);
  await ends(1, "watch 2", /run 3 failed: .*diverged/);
  for (const args of ["wait 1 9", "watch 9"]) {
    assert.equal((await ends(4, args, /no such job/)).out, "");
  }
  await ends(2, "wait x", /a job is named by its number/);
});

test("wait says that a job is held, and goes on when it is released", async (t) => {
  const server = await startServer(t, { workers: 0 });
  await server.submit(short);
  await server.order("/v1/jobs/1/hold");
  let said = "";
  const waiting = clientOf(server)("wait", "1", { started: (child) => {
    child.stderr.on("data", (text) => { said += text; });
  } });
  await until(() => /job 1 is held, until somebody releases it\n/.test(said), "the hint");
  await sleep(1000); // for some more looks at the job
  await server.order("/v1/jobs/1/release");
  await server.order("/v1/workers", { count: 1 }, "PATCH");
  const { code, out, err } = await waiting;
  assert.deepEqual([code, out], [0, "job 1 is succeeded: 1 succeeded\n"]);
  assert.equal(err.split("\n").length, 2, "said once");
});

test("admin: workers, drain, resume", async (t) => {
  const server = await startServer(t, { workers: 1 });
  const { ok, ends } = verbs(server);
  await ok("admin workers", /^0 of 1 workers at work\n$/);
  await ok("admin workers 3", /^0 of 3 workers at work\n$/);
  await ok("admin drain", /^0 of 3 workers at work, draining\n$/);
  await ok("admin resume", /^0 of 3 workers at work\n$/);
  await ends(3, "admin workers 0", /from 1 to 1024/);
  for (const args of ["admin fly", "admin workers x", "admin drain 3", "admin"]) {
    await ends(2, args, /./);
  }
});

test("a submission whose answer is lost is repeated with its key and makes one job",
  async (t) => {
    const server = await startServer(t);
    const file = path.join(server.place.folder, "spec.json");
    fs.writeFileSync(file, JSON.stringify(short));
    const fates = [["answer", "answer"], ["request", "answer"], ["request"], []];
    const keys = new Set();
    for (const [i, fate] of fates.entries()) {
      const tries = fate.length + 1;
      const { url, keys: seen } = await lossyProxy(t, () => server.url, () => fate.shift());
      const r = await clientOf({ url })("submit", file, "-q");
      assert.deepEqual([r.code, r.out], [0, `${i + 1}\n`], r.err);
      assert.equal(seen.length, tries);
      assert.equal(new Set(seen).size, 1, "the key changed");
      assert.match(seen[0], /^[0-9a-f]{32}$/);
      keys.add(seen[0]);
    }
    assert.equal(keys.size, fates.length, "two submissions with one key");
    assert.equal((await server.get("/v1/jobs")).items.length, fates.length);
  });
