// Workers that are processes of their own, and what a run leaves, to be compared.
import assert from "node:assert/strict";
import path from "node:path";
import { defer, plainEnvironment, spawnChild, within } from "./cleanup.mjs";
import * as paths from "./paths.mjs";

/* frugald work for a server: {log, pid, signal(), ended()}; what still runs at the end of the test
   is killed. */
export function startWorker(t, server, { url = server.url, args = [], idle = "60s", env } = {}) {
  const child = spawnChild(paths.frugald, ["work", "--server", url, "--idle", idle,
    "--cache", path.join(server.place.folder, "cache"), "--nice", "0", ...args],
  { env: plainEnvironment(env), stdio: ["ignore", "pipe", "pipe"] });
  const worker = { pid: child.pid, log: "", signal: (name) => child.kill(name),
    ended: (ms = 30000) => within(ms, child.ended, "the end of a worker") };
  child.stderr.on("data", (text) => { worker.log += text; });
  defer(t, async () => {
    child.kill("SIGKILL");
    await within(30000, child.ended, "the end of a worker");
  });
  return worker;
}

/* Asks it to end, as Slurm would. */
export async function stopWorker(worker) {
  worker.signal("SIGTERM");
  assert.deepEqual(await worker.ended(), { code: 0, signal: null }, worker.log);
}

/* What every run leaves but its times, by its number. */
export async function leftBy(server) {
  const found = {};
  for (const run of await server.all("/v1/runs")) {
    const full = await server.get(`/v1/runs/${run.id}`);
    const weights = await server.request(`/v1/runs/${run.id}/weights`, { raw: true });
    found[run.id] = { state: run.state, outcome: run.outcome, changes: full.changes,
      csv: (await server.request(`/v1/runs/${run.id}/trace?format=csv`)).text,
      results: { ...run.results, seconds: 0 },
      weights: weights.status === 200 ? weights.text.toString("base64") : weights.status };
  }
  return found;
}
