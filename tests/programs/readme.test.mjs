// README.md: every example does what it says, in the order in which it stands there.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { plainEnvironment } from "../lib/cleanup.mjs";
import { fencedBlocks } from "../lib/examples.mjs";
import * as paths from "../lib/paths.mjs";
import { startServer } from "../lib/server.mjs";
import { bash } from "../lib/transcript.mjs";

const blocks = fencedBlocks("README.md");
const of = (language) => blocks.filter((block) => block.language === language);
const NOTEBOOKS = process.env.FRUGAL_NOTEBOOKS === "1"; // all of their programs must be there

const has = (program, ...args) => spawnSync(program, args, { stdio: "ignore" }).status === 0;
const programs = {
  pandas: { there: () => has("/usr/bin/python3", "-c", "import pandas"), run: "/usr/bin/python3 -" },
  numpy: { there: () => has("/usr/bin/python3", "-c", "import numpy"), run: "/usr/bin/python3 -" },
  r: { there: () => has("Rscript", "--version"), run: "Rscript -" },
};

/* What a block needs, of the three. */
function programOf({ language, text }) {
  if (language === "r") return "r";
  return text.includes("pandas") ? "pandas" : "numpy";
}

test("the examples of README.md", { timeout: 400000 }, async (t) => {
  for (const { language, at } of blocks) {
    assert.ok(["sh", "json", "python", "r"].includes(language), `line ${at}: "${language}"`);
  }
  const server = await startServer(t, { tiny: false });
  const cwd = server.place.folder;
  for (const name of ["schema", "docker"]) fs.symlinkSync(path.join(paths.root, name), path.join(cwd, name));
  fs.symlinkSync(paths.build, path.join(cwd, "build"));
  const [spec, ...others] = of("json");
  assert.deepEqual(others, []);
  fs.writeFileSync(path.join(cwd, "size.json"), spec.text);
  // The server of the test is there already, on another port, with its data where they are.
  const here = (text) => text.replaceAll("http://127.0.0.1:8750", server.url)
    .replace("frugald --data-dir frugal-data &\n", "")
    .replaceAll("--data-dir frugal-data", `--data-dir ${server.place.data}`);
  const env = plainEnvironment({ HOME: cwd, XDG_CONFIG_HOME: "", FRUGAL_SERVER: server.url,
    PATH: `${paths.build}:${process.env.PATH}`, LC_ALL: "C.UTF-8" });
  for (const { text, at } of of("sh")) {
    const { code, out } = await bash(`set -e\n${here(text)}`, { cwd, env, ms: 240000 });
    assert.equal(code, 0, `line ${at}: ${out}`);
    assert.doesNotMatch(out, /"status":4\d\d/, `line ${at}: ${out}`);
  }
  assert.match(fs.readFileSync(path.join(cwd, "trace.csv"), "utf8"), /^samples,/);
  assert.ok(fs.existsSync(path.join(cwd, "size.svg")) && fs.existsSync(path.join(cwd, "run-1.npz")));
  assert.ok(fs.readFileSync(path.join(cwd, "size.csv"), "utf8").split("\n").length > 20);
  const notebooks = [...of("python"), ...of("r")];
  assert.deepEqual(notebooks.map(programOf), ["pandas", "numpy", "r"]);
  for (const block of notebooks) {
    const name = programOf(block);
    assert.ok(block.text.trim().split("\n").length <= 5, `${name}: five lines`);
    if (!programs[name].there()) {
      assert.ok(!NOTEBOOKS, `${name} is missing`);
      t.diagnostic(`${name} is not installed: make soak runs it`);
      continue;
    }
    const { code, out } = await bash(`${programs[name].run} <<'END'\n${here(block.text)}END`,
      { cwd, env, ms: 120000 });
    assert.equal(code, 0, `${name}: ${out}`);
    assert.match(out, name === "numpy" ? /^\(785, 50\) \d+\.\d+/ : /0\.\d{3}/, `${name}: ${out}`);
  }
});
