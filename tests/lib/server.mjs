// Starts frugald on a free port with a data directory of its own.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { api } from "./http.mjs";
import { makeSet } from "./idx.mjs";
import * as paths from "./paths.mjs";
import { defer, plainEnvironment, removeFolder, spawnChild, temporaryFolder, within }
  from "./cleanup.mjs";

const START_MS = 30000;
const STOP_MS = 15000;

/* A folder for one test, gone after it, with the small data set "tiny" in datasets/. */
export function workspace(t, { tiny = true } = {}) {
  const folder = temporaryFolder();
  defer(t, () => removeFolder(folder));
  const datasets = path.join(folder, "datasets");
  fs.mkdirSync(datasets);
  if (tiny) makeSet(datasets, "tiny");
  return { folder, datasets, data: path.join(folder, "data") };
}

/* A server that ends with the test, and must end well. Options: workers, listen, args,
   env, place (a workspace, to start again on the same data), wrap (words that start another
   program, which starts frugald in its own place or below itself). */
export async function startServer(t, options = {}) {
  const place = options.place ?? workspace(t, options);
  const server = await launch(place, options);
  defer(t, async () => {
    if (server.running()) server.checkEnd(await server.stop());
  });
  return server;
}

/* The command line of a server in that place. */
export function serverArgs(place, { workers = 2, listen = "127.0.0.1:0", args = [] } = {}) {
  return ["--listen", listen, "--data-dir", place.data, "--datasets", place.datasets,
    ...workers === null ? [] : ["--workers", String(workers)], ...args];
}

/* The search for leaks cannot be done by a process that strace follows. */
function traced(program) {
  return program === "strace" ? { ASAN_OPTIONS: "detect_leaks=0" } : {};
}

async function launch(place, options) {
  const [program, ...args] =
    [...options.wrap ?? [], paths.frugald, ...serverArgs(place, options)];
  const child = spawnChild(program, args, {
    cwd: place.folder, env: { ...plainEnvironment(options.env), ...traced(program) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const server = new Server(child, place);
  server.url = await within(START_MS, server.firstLine(), "the start of frugald");
  assert.match(server.url, /^https?:\/\/(127\.0\.0\.1|0\.0\.0\.0|\[::1\]):\d+$/);
  server.port = Number(new URL(server.url).port);
  Object.assign(server, api(server.url));
  return server;
}

class Server {
  #child;
  #end = null;
  log = "";
  out = "";

  constructor(child, place) {
    this.#child = child;
    this.pid = child.pid;
    this.place = place;
    child.stderr.on("data", (text) => { this.log += text; });
    child.stdout.on("data", (text) => { this.out += text; });
    child.ended.then((end) => { this.#end = end; });
  }

  firstLine() {
    return new Promise((resolve, reject) => {
      const look = () => this.out.includes("\n") && resolve(this.out.split("\n", 1)[0]);
      this.#child.stdout.on("data", look);
      this.#child.ended.then(({ code, signal }) => reject(new Error(
        `frugald ended with ${code ?? signal} before it answered:\n${this.log}`)), reject);
      look();
    });
  }

  running() {
    return this.#end === null;
  }

  signal(name) {
    this.#child.kill(name);
  }

  /* Resolves to {code, signal}. */
  ended(ms = STOP_MS) {
    return within(ms, this.#child.ended, "the end of frugald");
  }

  /* Asks it to end, as an init system would; what takes too long is killed. */
  async stop(signal = "SIGTERM") {
    this.signal(signal);
    try {
      return await this.ended();
    } catch (error) {
      this.signal("SIGKILL");
      throw error;
    }
  }

  async kill() {
    this.signal("SIGKILL");
    return this.ended();
  }

  checkEnd({ code, signal }) {
    assert.equal(code ?? signal, 0, `frugald ended badly:\n${this.log.slice(-3000)}`);
  }
}

/* Runs frugald where it is expected to end by itself: {code, out, err}. */
export async function runServer(args, { cwd, env, wrap = [], ms = 20000 } = {}) {
  const [program, ...words] = [...wrap, paths.frugald, ...args];
  const child = spawnChild(program, words,
    { cwd, env: plainEnvironment(env), stdio: ["ignore", "pipe", "pipe"] });
  let [out, err] = ["", ""];
  child.stdout.on("data", (text) => { out += text; });
  child.stderr.on("data", (text) => { err += text; });
  try {
    const { code, signal } = await within(ms, child.ended, `frugald ${args.join(" ")}`);
    return { code: code ?? signal, out, err };
  } finally {
    child.kill("SIGKILL");
  }
}

/* Copies a data directory that no server uses, but not the socket of one that was killed. */
export function copyData(from, to) {
  fs.cpSync(from, to, { recursive: true, filter: (file) => !fs.lstatSync(file).isSocket() });
}
