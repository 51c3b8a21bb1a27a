// Runs the client: {code, out, err}.
import * as paths from "./paths.mjs";
import { plainEnvironment, spawnChild, within } from "./cleanup.mjs";

export async function frugal(args, { input = "", env = {}, cwd, ms = 60000, started } = {}) {
  const child = spawnChild(paths.frugal, args,
    { cwd, env: plainEnvironment({ XDG_CONFIG_HOME: "/nowhere", ...env }), stdio: ["pipe", "pipe", "pipe"] });
  let [out, err] = ["", ""];
  child.stdout.on("data", (text) => { out += text; });
  child.stderr.on("data", (text) => { err += text; });
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  started?.(child);
  try {
    const { code, signal } = await within(ms, child.ended, `frugal ${args.join(" ")}`);
    return { code: code ?? signal, out, err };
  } finally {
    child.kill("SIGKILL");
  }
}

/* The client of one server. */
export function clientOf(server) {
  return (...args) => {
    const options = typeof args.at(-1) === "object" ? args.pop() : {};
    return frugal(args, { ...options,
      env: { FRUGAL_SERVER: server.url, ...options.env } });
  };
}
