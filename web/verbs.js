// What people do to jobs and runs: which states each verb takes, and the words around it.

import { order } from "./api.js";
import { ask, say } from "./confirm.js";
import { h } from "./dom.js";
import { count } from "./format.js";

/* `from`: the states that it changes */
export const VERBS = {
  cancel: { name: "Cancel", past: "cancelled", from: ["queued", "held", "running"],
    danger: true, text: "What is at work ends within a second and keeps its partial trace." },
  hold: { name: "Hold", past: "held", from: ["queued"],
    text: "Waiting runs do not start until they are released." },
  release: { name: "Release", past: "released", from: ["held"],
    text: "Held runs may start again." },
  retry: { name: "Retry", past: "queued again",
    from: ["failed", "cancelled", "timed_out", "dead"],
    text: "Each gets a new attempt; the attempts before it stay on record." },
};

/* Of `runs` ({id, job, state}) those that the verb changes. */
export function takenBy(verb, runs) {
  return runs.filter((run) => VERBS[verb].from.includes(run.state));
}

/* Asks, then sends one request for each job; true when something was done. */
export async function actOnRuns(verb, runs) {
  const { name, past, danger, text } = VERBS[verb];
  const taken = takenBy(verb, runs);
  const what = runsText(taken.length);
  if (taken.length === 0) return false;
  const agreed = await ask({ title: `${name} ${what}?`, text, danger, action: `${name} ${what}` });
  if (!agreed) return false;
  return tried(async () => {
    for (const [job, ids] of byJob(taken)) {
      await order("POST", `/v1/jobs/${job}/${verb}`, { runs: ids });
    }
    say(`${what} ${past}.`);
  });
}

/* The same for all runs of a job that it takes; only: "failed" for retry. */
export async function actOnJob(verb, job, body = {}) {
  const { name, past, danger, text } = VERBS[verb];
  const n = VERBS[verb].from.filter((state) => state !== "cancelled" || body.only !== "failed")
    .reduce((sum, state) => sum + job.runs[state], 0);
  const what = runsText(n);
  const agreed = await ask({ title: `${name} ${what} of job ${job.id}?`, text, danger,
    action: `${name} ${what}` });
  return agreed && tried(async () => {
    await order("POST", `/v1/jobs/${job.id}/${verb}`, body);
    say(`${what} ${past}.`);
  });
}

/* Moves whole jobs into the trash, with a way back. */
export async function deleteJobs(ids, done) {
  const what = ids.length === 1 ? `job ${ids[0]}` : `${count(ids.length)} jobs`;
  const agreed = await ask({ title: `Delete ${what}?`, danger: true, action: `Delete ${what}`,
    text: "With all of their runs. They go into the trash, from where they can be restored; " +
      "what is still at work has to be cancelled first." });
  return agreed && tried(async () => {
    for (const id of ids) await order("DELETE", `/v1/jobs/${id}`);
    say(`${what} moved into the trash.`, { name: "Restore", act: async () => {
      await restoreJobs(ids);
      done();
    } });
  });
}

export function restoreJobs(ids) {
  return tried(async () => {
    for (const id of ids) await order("POST", `/v1/jobs/${id}/restore`, {});
    say(ids.length === 1 ? `Job ${ids[0]} is back.` : `${count(ids.length)} jobs are back.`);
  });
}

export async function purgeJob(id) {
  const agreed = await ask({ title: `Delete job ${id} for good?`, danger: true,
    action: "Delete for good", text: "Its runs, traces and weights are gone then, and nothing " +
      "brings them back but a backup." });
  return agreed && tried(async () => {
    await order("DELETE", `/v1/jobs/${id}?purge=1`);
    say(`Job ${id} is gone.`);
  });
}

/* More seeds for every cell: the numbers that follow the largest. */
export async function addSeeds(job) {
  const field = h("input", { type: "number", min: 1, max: 1000, value: 5, required: true });
  const next = Math.max(...job.spec.seeds) + 1;
  const agreed = await ask({ title: "Add seeds", action: "Add seeds",
    text: `Each of the ${count(job.cells)} cells has ${count(job.spec.seeds.length)} seeds ` +
      `now. New ones begin at ${next}; only what is missing runs.`,
    content: h("label", { class: "choice" }, h("span", null, "How many more"), field),
    fine: () => field.checkValidity() });
  if (!agreed) return false;
  const seeds = Array.from({ length: field.valueAsNumber }, (_, i) => next + i);
  return tried(async () => {
    await order("POST", `/v1/jobs/${job.id}/extend`, { seeds });
    say(`${runsText(seeds.length * job.cells)} added.`);
  });
}

/* What goes wrong is said, and false. */
export async function tried(work) {
  try {
    await work();
    return true;
  } catch (problem) {
    const details = (problem.errors ?? []).map((error) => error.detail);
    say([problem.message, ...details].join(" "));
    return false;
  }
}

function byJob(runs) {
  const jobs = new Map();
  for (const { id, job } of runs) jobs.set(job, [...jobs.get(job) ?? [], id]);
  return jobs;
}

export function runsText(n) {
  return n === 1 ? "1 run" : `${count(n)} runs`;
}
