// Runs the client on a terminal of its own, and what stands on its screen then.
import * as paths from "./paths.mjs";
import { plainEnvironment, spawnChild, within } from "./cleanup.mjs";

const quoted = (word) => `'${word.replaceAll("'", "'\\''")}'`;

/* {code, out, screen}: what was written, and the lines that one sees. `typed` gets a function
   that types into the terminal, and one that tells what has been written so far. */
export async function onTerminal(args, { columns = 80, rows = 24, env = {}, typed, cwd,
  ms = 60000 } = {}) {
  const command = [paths.frugal, ...args].map(quoted).join(" ");
  const child = spawnChild("script", ["--quiet", "--return", "--command",
    `stty cols ${columns} rows ${rows}; exec ${command}`, "/dev/null"],
  { cwd, stdio: ["pipe", "pipe", "pipe"],
    env: plainEnvironment({ XDG_CONFIG_HOME: "/nowhere", TERM: "xterm", ...env }) });
  let out = "";
  child.stdout.on("data", (text) => { out += text; });
  child.stderr.resume();
  child.stdin.on("error", () => {});
  try {
    const ended = within(ms, child.ended, `frugal ${args.join(" ")} on a terminal`);
    if (typed) await typed((text) => child.stdin.write(text), () => out);
    const { code, signal } = await ended;
    return { code: code ?? signal, out, screen: screenOf(out) };
  } finally {
    child.kill("SIGKILL");
  }
}

/* The lines that a terminal shows in the end; it only knows what the client uses. */
export function screenOf(text) {
  const lines = [""];
  let [row, column] = [0, 0];
  const put = (c) => {
    while (lines.length <= row) lines.push("");
    const line = [...lines[row].padEnd(column)];
    line[column] = c;
    lines[row] = line.join("");
    column += 1;
  };
  const tokens = text.matchAll(/\u001b\[([\d;]*)([A-Za-z])|([\s\S])/gu);
  for (const [, number, command, c] of tokens) {
    if (c === "\n") row += 1;
    else if (c === "\r") column = 0;
    else if (c !== undefined) put(c);
    else if (command === "A") row = Math.max(0, row - Number(number || 1));
    else if (command === "K") lines[row] = [...lines[row] ?? ""].slice(0, column).join("");
    else if (command === "J") {
      lines[row] = [...lines[row] ?? ""].slice(0, column).join("");
      lines.length = Math.min(lines.length, row + 1);
    } else if (command !== "m") throw new Error(`unknown command ${number}${command}`);
  }
  return lines.map((line) => line.trimEnd());
}
