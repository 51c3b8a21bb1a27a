// A real Slurm on this machine starts the workers: whatever it does to them, every run comes out as
// threads make it. Without Slurm, one line says that this was not tested.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { sleep, until } from "../lib/cleanup.mjs";
import { leftBy } from "../lib/remote.mjs";
import { startServer, workspace } from "../lib/server.mjs";
import { hasSlurm, startSlurm } from "../lib/slurm.mjs";
import { endless, long, short, spec } from "../lib/specs.mjs";

const RUNS = Number(process.env.FRUGAL_SLURM_RUNS ?? 60);
const skip = hasSlurm ? false : "slurmctld, slurmd, munged and sbatch are not installed " +
  "(docker/packages.sh run check): NOTHING of runs on a cluster was tested";
if (skip) console.error(`slurm.test.mjs: ${skip}`);

const RULES = [{}, { gate: "wrong" }, { compete: { fraction: 0.1 } }, { subnet: { units: 10 } },
  { mask: { fraction: 0.2, redraw: "sample" } }, { cache: { threshold: 0.01 } }];
const MANY = spec(short, { seeds: Math.ceil(RUNS / 6), network: { hidden: [20] },
  sweep: { "/plasticity": RULES } });
const SLOW = spec(long, { network: { hidden: [40] }, evaluate: { every: 5000 }, seeds: 4,
  stop: { accuracy: null, epochs: null, samples: 600000 } });

const ARGS = ["--executor", "slurm", "--lease-seconds", "3", "--checkpoint-seconds", "0",
  "--slurm-processes", "3"];

/* The same queue of jobs for threads. */
async function byThreads(t, ...jobs) {
  const server = await startServer(t);
  for (const job of jobs) await server.submit(job);
  for (const [i] of jobs.entries()) await server.done(i + 1);
  const wanted = await leftBy(server);
  await server.stop();
  return wanted;
}

const withSlurm = (t, env, { args = [], ...more } = {}) => startServer(t, { workers: null, env,
  ...more, args: [...ARGS, "--slurm-cache", path.join(more.place.folder, "cache"), ...args] });

/* Workers that are at a run, as the server knows them. */
const busy = async (server) =>
  (await server.get("/v1/workers")).items.filter(({ run, slurm }) => run && slurm);

const why = async (server, run) => (await server.get(`/v1/runs/${run}/why`)).why;

test("runs through Slurm, whatever becomes of their workers", { skip, timeout: 300000 },
  async (t) => {
    const env = await startSlurm(t);
    const wanted = await byThreads(t, MANY, SLOW);
    const place = workspace(t);
    let server = await withSlurm(t, env, { place });
    const command = (program, ...args) => spawnSync(program, args, { env, encoding: "utf8" });
    await server.submit(MANY);
    await server.done(1, 120000);
    assert.match(server.log, /Slurm: job \d+: \d+ workers? submitted/);
    const first = (await server.get("/v1/workers")).items;
    assert.ok(first.length > 0 && first.every((w) => /^\d+_\d+$/.test(w.slurm)));

    await server.submit(SLOW);
    const someone = () => until(async () => (await busy(server))[0], "a worker at a run", 60000);
    const moved = (run, attempts) => until(async () => {
      const now = await server.get(`/v1/runs/${run}`);
      return now.finished || now.attempts > attempts;
    }, `run ${run} elsewhere`, 60000);
    const log = () => console.log(server.log, fs.readFileSync(path.join(place.data, "slurm.log"), "utf8"),
      command("squeue", "-r", "-t", "all").stdout);
    const ends = [
      ["killed -9", (w) => process.kill(Number(/-(\d+)-/.exec(w.worker)[1]), "SIGKILL")],
      ["scancel", (w) => command("scancel", w.slurm)],
      ["requeue", (w) => command("scontrol", "requeue", w.slurm)],
      ["the warning before the time limit", (w) => command("scancel", "--batch", "--signal=TERM",
        w.slurm)],
    ];
    for (const [name, end] of ends) {
      if ((await server.get("/v1/jobs/2")).finished) break;
      const worker = await someone();
      const { attempts } = await server.get(`/v1/runs/${worker.run}`);
      end(worker);
      await moved(worker.run, attempts).catch((e) => { log(); throw e; });
      t.diagnostic(name);
    }
    await server.stop();
    server = await withSlurm(t, env, { place, listen: `127.0.0.1:${server.port}` });
    await server.done(2, 120000);
    assert.deepEqual(await leftBy(server), wanted);
    const jobs = command("squeue", "-h", "-r", "-t", "PD,R").stdout.trim().split("\n");
    assert.ok(jobs.length <= 3, "not more than there may be");
    await server.submit(spec(endless, { seeds: 9 }));
    await until(async () => (await busy(server)).length >= 2, "workers at runs", 60000);
    assert.match(await why(server, Object.keys(wanted).length + 9), /before it: .*; \d workers? /);
    await server.order("/v1/jobs/3/cancel");
    await until(() => !command("squeue", "-h", "-r", "-t", "PD").stdout.trim(),
      "those that wait cancelled", 60000);
    command("scancel", "--user", String(process.getuid()));
  });

test("a node that is lost gives its runs back", { skip, timeout: 200000 }, async (t) => {
  const env = await startSlurm(t);
  const place = workspace(t);
  const server = await withSlurm(t, env, { place, args: ["--slurm-processes", "1"] });
  await server.submit(spec(endless, { seeds: 1 }));
  const worker = await until(async () => (await busy(server))[0], "a worker at a run", 60000);
  const pid = Number(/-(\d+)-/.exec(worker.worker)[1]);
  process.kill(pid, "SIGSTOP"); // as one whose machine does not answer any more
  await until(async () => (await server.get("/v1/runs/1")).state === "queued", "given back", 60000);
  process.kill(pid, "SIGKILL");
  await until(async () => (await server.get("/v1/runs/1/attempts")).items[1]?.resumed >= 0,
    "another worker", 90000);
  await server.order("/v1/jobs/1/cancel");
  spawnSync("scancel", ["--user", String(process.getuid())], { env });
});

/* Programs of that name which do something else. */
function fake(place, programs) {
  const folder = path.join(place.folder, "bin");
  fs.mkdirSync(folder, { recursive: true });
  for (const [name, script] of Object.entries(programs)) {
    fs.writeFileSync(path.join(folder, name), `#!/bin/sh\necho "$@" >> ${folder}/${name}.log\n${script}\n`,
      { mode: 0o755 });
  }
  return { PATH: `${folder}:${process.env.PATH}`,
    calls: (name) => { try { return fs.readFileSync(`${folder}/${name}.log`, "utf8").trim().split("\n"); }
      catch { return []; } } };
}

const NONE = "cat > /dev/null; echo '{\"jobs\": []}'";

for (const [what, programs, pattern] of [
  ["refuses", { squeue: NONE, sbatch: "echo 'sbatch: error: Batch job submission failed: " +
    "Invalid account' >&2; exit 1" }, /sbatch: Batch job submission failed: Invalid account/],
  ["answers nonsense", { squeue: NONE, sbatch: "echo nonsense" },
    /sbatch: its answer makes no sense/],
  ["is nonsense to squeue", { squeue: "echo '<html>'", sbatch: "echo 7" },
    /squeue: its answer makes no sense/],
  ["ends by a signal", { squeue: NONE, sbatch: "kill -SEGV $$" }, /sbatch: sbatch ended with signal 11/],
]) {
  test(`sbatch that ${what}: a reason, and no storm`, async (t) => {
    const place = workspace(t);
    const { PATH, calls } = fake(place, programs);
    const server = await withSlurm(t, { PATH }, { place });
    await server.submit(spec(short, { seeds: 3 }));
    const said = await until(async () => {
      const text = await why(server, 1);
      return pattern.test(text) && text;
    }, "the reason");
    assert.match(said, /it waits for a worker on the cluster; .*; tried again in \d+ s/);
    assert.match(server.log, /no worker is submitted for 5 s/);
    await sleep(4000);
    assert.ok(calls("sbatch").length <= 2, "no storm");
    assert.equal((await server.get("/v1/jobs/1")).runs.queued, 3, "nothing is lost");
  });
}

test("what is submitted, and a sbatch that is not there", async (t) => {
  const place = workspace(t);
  const { PATH, calls } = fake(place, { squeue: NONE, sbatch: "cat >> $0.script; echo '7;cluster'" });
  const server = await withSlurm(t, { PATH }, { place, args: ["--slurm-partition", "long; rm -rf x",
    "--slurm-time", "1:00:00", "--slurm-memory", "2G", "--slurm-account", "lab",
    "--slurm-options", "--qos=low  --constraint=a'b"] });
  await server.submit(spec(short, { seeds: 30 }));
  const [line] = await until(() => calls("sbatch").length > 0 && calls("sbatch"), "a submission");
  assert.match(line, /^--parsable --signal=B:TERM@60 --open-mode=append --job-name=frugal-[0-9a-f]{8} --array=1-3 --output=\S+\/slurm.log --partition=long; rm -rf x --account=lab --time=1:00:00 --mem=2G --qos=low --constraint=a'b$/);
  const script = await until(() => fs.existsSync(`${place.folder}/bin/sbatch.script`) &&
    fs.readFileSync(`${place.folder}/bin/sbatch.script`, "utf8"), "the script");
  assert.match(script, /^#!\/bin\/sh\nexec '\S+\/frugald' work --server 'http:\/\/127[^']+' --token-file '\S+\/slurm-token' --cache '[^']+' --idle 30s --nice 0\n/);
  const token = fs.statSync(path.join(place.data, "slurm-token"));
  assert.equal(token.mode & 0o777, 0o600);
  await server.stop();
  const none = await withSlurm(t, {}, { place,
    wrap: ["setpriv", "--reset-env", "env", `FRUGAL_CONFIG=/dev/null`, "PATH=/nonexistent"] });
  await until(async () => /squeue: No such file or directory/.test(await why(none, 1)), "a reason");
});

test("workers that fail one after the other are not submitted again and again", async (t) => {
  const place = workspace(t);
  const { PATH, calls } = fake(place, {
    sbatch: "echo \"$@\" | sed 's/.*--job-name=\\([^ ]*\\).*/\\1/' > $0.name; " +
      "n=$(cat $0.n 2>/dev/null || echo 0); n=$((n + 1)); echo $n > $0.n; cat > /dev/null; echo $n",
    squeue: "d=$(dirname $0); n=$(cat $d/sbatch.n 2>/dev/null || echo 0); " +
      "name=$(cat $d/sbatch.name 2>/dev/null); " +
      "printf '{\"jobs\": [{\"name\": \"%s\", \"job_id\": %d, \"array_job_id\": 0, " +
      "\"job_state\": \"FAILED\", \"exit_code\": 32512}]}' \"$name\" $n",
  });
  const server = await withSlurm(t, { PATH }, { place });
  await server.submit(spec(short, { seeds: 3 }));
  const said = await until(async () => {
    const text = await why(server, 1);
    return /workers fail/.test(text) && text;
  }, "the reason");
  assert.match(said, /workers fail: FAILED, exit status 127; slurm.log/);
  await sleep(6000);
  assert.ok(calls("sbatch").length <= 3, `${calls("sbatch").length} submissions`);
});

test("an executor that there is not", async (t) => {
  const place = workspace(t);
  await assert.rejects(startServer(t, { place, args: ["--executor", "magic"] }),
    /--executor takes threads.slurm, not "magic"/);
});
