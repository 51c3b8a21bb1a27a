// The pages of the manual: that they are sound mdoc, name all that the tables of the code have, and
// that every example in them does what it says.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { plainEnvironment } from "../lib/cleanup.mjs";
import { frugal } from "../lib/client.mjs";
import { displays, typed } from "../lib/examples.mjs";
import * as paths from "../lib/paths.mjs";
import { runServer, startServer, workspace } from "../lib/server.mjs";
import { bash } from "../lib/transcript.mjs";

const PAGES = ["frugal.1", "frugald.8", "frugal-spec.5", "frugald.conf.5"];
const page = (name) => path.join(paths.build, "man", name);
const env = { ...process.env, LC_ALL: "C.UTF-8", MANWIDTH: "100" };

function shown(name) {
  const text = execFileSync("mandoc", ["-T", "utf8", "-O", "width=100", page(name)],
    { encoding: "utf8", env });
  return text.replace(/.\u0008/g, "").replace(/‐\n\s*/g, "").replace(/\s+/g, " ");
}

test("mandoc and man have nothing to say against them", () => {
  const allowed = /referenced manual not found|outdated mandoc\.db/;
  for (const name of PAGES) {
    const lint = spawnSync("mandoc", ["-T", "lint", "-W", "style", page(name)],
      { encoding: "utf8", env });
    const lines = (lint.stdout + lint.stderr).split("\n").filter((line) => line !== "");
    assert.deepEqual(lines.filter((line) => !allowed.test(line)), [], name);
    const man = spawnSync("man", ["--warnings", "--encoding", "UTF-8", "-Tutf8",
      "--local-file", page(name)], { encoding: "utf8", env });
    assert.deepEqual([man.status, man.stderr], [0, ""], name);
    assert.ok(man.stdout.length > 1500, name);
  }
});

test("frugal(1) has every verb, option and exit code of the help", async () => {
  const text = shown("frugal.1");
  const { out } = await frugal(["--help"]);
  const verbs = [...out.matchAll(/^ {2}frugal (\w+) +(.*)$/gm)];
  assert.ok(verbs.length > 30);
  for (const [, verb, summary] of verbs) {
    assert.ok(text.includes(`${summary}.`), verb);
    const help = (await frugal(["help", verb])).out;
    for (const [option] of help.matchAll(/(?<=^ {2}(?: {4}|-\w, ))--[\w-]+/gm)) {
      assert.ok(text.includes(option), `${verb} ${option}`);
    }
  }
  for (const [, code, meaning] of out.split("Exit codes:")[1].matchAll(/^ +(\d+) +(.*)$/gm)) {
    assert.ok(text.includes(`${code} ${meaning}`), code);
  }
});

test("frugald(8) and frugald.conf(5) have every option and setting, frugal-spec(5) every field",
  async (t) => {
    const { folder } = workspace(t, { tiny: false });
    const { out } = await runServer(["--help"], { cwd: folder });
    const server = shown("frugald.8"), conf = shown("frugald.conf.5");
    for (const [option] of out.matchAll(/(?<=^ {2}(?: {4}|-\w, ))--[\w-]+/gm)) {
      assert.ok(server.includes(option), option);
    }
    const settings = (await runServer(["--print-config"], { cwd: folder })).out;
    for (const [, key, value] of settings.matchAll(/^#([a-z-]+) = ?(.*)$/gm)) {
      assert.ok(conf.includes(`${key} = ${value}`.trim()), key);
    }
    const { fields } = await (await startServer(t)).get("/v1/spec");
    const spec = shown("frugal-spec.5");
    for (const { pointer } of fields) assert.ok(spec.includes(`${pointer} `), pointer);
  });

test("no quotation mark is lost", () => {
  for (const name of PAGES) {
    const macros = fs.readFileSync(page(name), "utf8").match(/^\.[A-Z].*"/gm);
    assert.equal(macros, null, name);
  }
  const text = shown("frugal-spec.5");
  assert.ok(text.includes('{"dataset": "mnist"}'));
  assert.match(text, /Default: .?"leaky_relu"/);
});

test("frugald(8) has every exit code of the server", () => {
  const numbers = Object.fromEntries([...fs.readFileSync("/usr/include/sysexits.h", "utf8")
    .matchAll(/^#define (EX_\w+)\s+(\d+)/gm)].map(([, name, number]) => [name, number]));
  const sources = fs.readdirSync(path.join(paths.root, "server")).filter((file) => /\.c$/.test(file))
    .map((file) => fs.readFileSync(path.join(paths.root, "server", file), "utf8")).join("\n");
  const used = new Set(sources.match(/\bEX_\w+/g));
  assert.ok(used.size > 5);
  const codes = shown("frugald.8").split("EXIT STATUS")[1].split("EXAMPLES")[0];
  for (const name of used) assert.match(codes, new RegExp(` ${numbers[name]} `), name);
});

for (const name of ["frugal.1", "frugald.8"]) {
  test(`the examples of ${name}`, { timeout: 300000 }, async (t) => {
    const server = await startServer(t);
    const cwd = server.place.folder;
    const blocks = displays(name).map(typed);
    assert.ok(blocks.length > 1 && blocks.every((block) => block !== ""), name);
    const own = name === "frugald.8";
    const places = plainEnvironment({ PATH: `${paths.build}:${process.env.PATH}`, HOME: cwd,
      XDG_CONFIG_HOME: "", LC_ALL: "C.UTF-8", ...own ? {} : { FRUGAL_SERVER: server.url } });
    // A server that an example starts takes a free port, and ends with it.
    const script = blocks.join("\n").replace(/^(frugald .*) &$/gm,
      "command $1 --listen 127.0.0.1:0 > address &\n" +
      "for i in $(seq 600); do [ -s address ] && break; sleep 0.05; done\n" +
      "export FRUGAL_SERVER=$(head -n 1 address)\ntrap 'kill $(jobs -p); wait' EXIT");
    const { code, out } = await bash(`set -e\n${script}`, { cwd, env: places, ms: 240000 });
    assert.equal(code, 0, `${script}\n${out}`);
    if (name === "frugal.1") {
      assert.ok(fs.readFileSync(path.join(cwd, "size.svg"), "utf8").startsWith("<svg"));
      assert.equal(fs.readFileSync(path.join(cwd, "size.csv"), "utf8").split("\n").length, 4);
      assert.ok(fs.readFileSync(path.join(cwd, "traces.csv"), "utf8").split("\n").length > 10);
    }
  });
}

test("the examples of frugal-spec.5 are specs, that of frugald.conf.5 a file of settings",
  async (t) => {
    const server = await startServer(t);
    const blocks = displays("frugal-spec.5");
    assert.equal(blocks.length, 2);
    for (const block of blocks) {
      const input = block.startsWith("{") ? block : `{"dataset": "fashion-mnist", ${block}}`;
      const r = await frugal(["validate", "-"], { input, env: { FRUGAL_SERVER: server.url } });
      assert.deepEqual([r.code, r.err], [0, ""], block);
    }
    const [settings, ...others] = displays("frugald.conf.5");
    assert.deepEqual(others, []);
    const file = path.join(server.place.folder, "frugald.conf");
    fs.writeFileSync(file, settings);
    const { code, err } = await runServer(["--config", file, "stray"],
      { cwd: server.place.folder });
    assert.equal(code, 64, err);
  });
