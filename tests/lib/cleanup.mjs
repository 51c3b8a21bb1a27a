// Nothing outlives a test file: no process, no folder, and not the file itself.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { spawn } from "node:child_process";

const FILE_MS = Number(process.env.FRUGAL_FILE_MS ?? 8 * 60 * 1000);

const children = new Set();
const folders = new Set();

/* A child of this very process, known by its own pid; the kernel kills it should this
   process be killed (setpriv replaces itself by the program, so the pid is the program's).
   It does not keep the event loop alive: whoever waits for it waits with a timer. */
export function spawnChild(program, args, options = {}) {
  const child = spawn("setpriv", ["--pdeathsig", "KILL", program, ...args], options);
  children.add(child);
  child.ended = new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", () => children.delete(child));
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  child.ended.catch(() => children.delete(child));
  child.unref();
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.unref?.();
  return child;
}

export function temporaryFolder(prefix = "frugal-test-") {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), prefix));
  folders.add(folder);
  return folder;
}

export function removeFolder(folder) {
  fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  folders.delete(folder);
}

/* The environment without what would configure the programs behind the test's back, and
   with an empty file of settings. */
export function plainEnvironment(more = {}) {
  const kept = Object.entries(process.env).filter(([name]) =>
    !/^(FRUGAL_|NODE_|(https?|all|no)_proxy$)/i.test(name));
  return { ...Object.fromEntries(kept), FRUGAL_CONFIG: "/dev/null", ...more };
}

/* Rejects when the promise takes too long; the timer keeps the process alive meanwhile. */
export function within(ms, promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: nothing after ${ms} ms`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

export function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/* Asks again and again until the answer is true, and returns it. */
export async function until(ask, what, ms = 30000, every = 20) {
  const end = Date.now() + ms;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`${what}: not within ${ms} ms`);
    await sleep(every);
  }
}

/* A number that has stopped changing. */
export async function settled(ask) {
  let [last, since] = [await ask(), Date.now()];
  while (Date.now() - since < 400) {
    await sleep(20);
    const now = await ask();
    if (now !== last) [last, since] = [now, Date.now()];
  }
  return last;
}

const deferred = new WeakMap();

/* Runs f when the test has ended, however it ended; what was deferred last goes first. */
export function defer(t, f) {
  if (!deferred.has(t)) {
    deferred.set(t, []);
    t.after(() => runDeferred(deferred.get(t)));
  }
  deferred.get(t).push(f);
}

async function runDeferred(stack) {
  let failure = null;
  while (stack.length > 0) {
    try {
      await stack.pop()();
    } catch (error) {
      failure ??= error;
    }
  }
  if (failure) throw failure;
}

function cleanUp() {
  for (const child of children) child.kill("SIGKILL");
  for (const folder of folders) removeFolder(folder);
}

process.on("exit", cleanUp);
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) {
  process.on(signal, () => process.exit(1));
}
setTimeout(() => {
  console.error(`${process.argv[1]}: still running after ${FILE_MS} ms, giving up`);
  process.exit(1);
}, FILE_MS).unref();
