// A transcript: commands as they are typed, and what they print, run one after the other by bash.
//
//     $ frugal submit spec.json     a command; what stands on the next lines until another one is
//     job *: 2 runs in 1 cell       what it prints, on both streams; * is anything within a line
//     ...                           and this any lines
//     ? 3                           the exit code, where it is not 0
//
// Lines before the first command and those that begin with # are for people.
import assert from "node:assert/strict";
import fs from "node:fs";
import { within, spawnChild } from "./cleanup.mjs";

export function readTranscript(file) {
  const steps = [];
  fs.readFileSync(file, "utf8").split("\n").forEach((line, i) => {
    const last = steps.at(-1);
    if (line.startsWith("$ ")) steps.push({ command: line.slice(2), at: i + 1, lines: [], code: 0 });
    else if (line.startsWith("> ") && last) last.command += `\n${line.slice(2)}`;
    else if (line.startsWith("? ")) last.code = Number(line.slice(2));
    else if (line !== "" && !line.startsWith("#") && last) last.lines.push(line);
  });
  return steps;
}

const escaped = (text) => text.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");

function patternOf(lines) {
  const parts = lines.map((line) => (line === "..." ? "(?:.*\\n)*?" : `${escaped(line)}\\n`));
  return new RegExp(`^${parts.join("")}$`);
}

/* Runs bash on a command: {code, out}, both streams in one. */
export async function bash(command, { cwd, env, ms = 60000 }) {
  const child = spawnChild("bash", ["-c", `exec 2>&1\n${command}`],
    { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  child.stdout.on("data", (text) => { out += text; });
  child.stderr.resume();
  try {
    const { code, signal } = await within(ms, child.ended, command);
    return { code: code ?? signal, out };
  } finally {
    child.kill("SIGKILL");
  }
}

export async function runTranscript(file, options) {
  for (const step of readTranscript(file)) {
    const { code, out } = await bash(step.command, options);
    const text = out.split("\n").filter((line) => line !== "").map((line) => `${line}\n`).join("");
    const where = `line ${step.at}: ${step.command}\n${out}`;
    assert.equal(code, step.code, where);
    assert.match(text, patternOf(step.lines), where);
  }
}
