// What stands around the server in docker/: the systemd unit, nginx in front, the compose file; and
// what make install installs.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import https from "node:https";
import net from "node:net";
import path from "node:path";
import test from "node:test";
import { parse } from "yaml";
import { bearer, token } from "../lib/accounts.mjs";
import { certificate } from "../lib/certificates.mjs";
import { defer, removeFolder, spawnChild, temporaryFolder, until, within } from "../lib/cleanup.mjs";
import { frugal } from "../lib/client.mjs";
import * as paths from "../lib/paths.mjs";
import { startServer, workspace } from "../lib/server.mjs";
import { short } from "../lib/specs.mjs";

const EXPOSURE = 20; // tenths

const file = (name) => path.join(paths.root, "docker", name);
const text = (name) => fs.readFileSync(file(name), "utf8");

function folderOf(t) {
  const folder = temporaryFolder();
  defer(t, () => removeFolder(folder));
  return folder;
}

test("the unit gives the process little, and systemd understands it", (t) => {
  const security = spawnSync("systemd-analyze", ["security", "--offline=yes",
    `--threshold=${EXPOSURE}`, file("frugald.service")], { encoding: "utf8" });
  assert.equal(security.status, 0, security.stdout.slice(-2000) + security.stderr);
  const copy = path.join(folderOf(t), "frugald.service");
  fs.writeFileSync(copy, text("frugald.service")
    .replace("/usr/local/bin/frugald", paths.frugald)
    .replaceAll(/^(User|Group)=frugal$/gm, "$1=root"));
  const verify = spawnSync("systemd-analyze", ["verify", "--man=no", copy], { encoding: "utf8" });
  const about = verify.stderr.split("\n").filter((line) => line.includes("frugald.service"));
  assert.deepEqual([verify.status, about], [0, []], verify.stderr);
});

/* The system calls that a filter has, groups of groups included. */
function callsOf(name) {
  if (!name.startsWith("@")) return [name];
  return execFileSync("systemd-analyze", ["syscall-filter", name], { encoding: "utf8" })
    .split("\n").filter((line) => /^ +[@\w-]+$/.test(line)).flatMap((line) => callsOf(line.trim()));
}

/* What the unit lets through: its lines one after the other, ~ takes away. */
function allowedCalls() {
  const allowed = new Set();
  for (const [, but, names] of text("frugald.service").matchAll(/^SystemCallFilter=(~?)(.*)$/gm)) {
    for (const call of names.split(" ").flatMap(callsOf)) {
      if (but) allowed.delete(call);
      else allowed.add(call);
    }
  }
  return allowed;
}

test("every system call of the server is one that the unit allows", async (t) => {
  const trace = path.join(folderOf(t), "calls");
  const server = await startServer(t, { wrap: ["strace", "-D", "-f", "-qq", "-o", trace] });
  await server.done((await server.submit(short)).id);
  await server.request("/v1/runs/1/weights");
  await server.request("/v1/backups", { method: "POST", body: "{}",
    headers: { "Content-Type": "application/json" } });
  assert.match(await token(server.place, "anna"), /^frg_/);
  server.checkEnd(await server.stop());
  const calls = new Set([...fs.readFileSync(trace, "utf8").matchAll(/^\d+ +(\w+)\(/gm)]
    .map(([, call]) => call));
  const allowed = allowedCalls();
  assert.ok(allowed.size > 200 && calls.size > 40, `${allowed.size} ${calls.size}`);
  allowed.add("fchown"); // which SQLite uses as root only
  assert.deepEqual([...calls].filter((call) => !allowed.has(call)), []);
});

test("the compose file starts what the Dockerfile builds", () => {
  const { services, volumes } = parse(text("compose.yaml"));
  const { frugald, nginx } = services;
  const dockerfile = text("Dockerfile");
  assert.match(dockerfile, /^USER frugal$/m);
  assert.match(dockerfile, /^HEALTHCHECK .*CMD \["frugal", "ping", "-q"\]$/m);
  assert.equal(dockerfile.match(/^FROM /gm).length, 2);
  assert.deepEqual([frugald.read_only, frugald.cap_drop], [true, ["ALL"]]);
  assert.deepEqual(Object.keys(volumes), [frugald.volumes[0].split(":")[0]]);
  assert.equal(nginx.network_mode, "service:frugald");
  assert.ok(text("nginx.conf").includes(`http://${frugald.command[1]};`));
  // The libraries of the second stage are those that the programs are linked with.
  const needed = ["frugald", "frugal"].flatMap((program) => [...execFileSync("readelf",
    ["-d", path.join(paths.build, program)], { encoding: "utf8" }).matchAll(/NEEDED.*\[(.*?)\.so/g)])
    .map(([, name]) => name).filter((name) => !/^(libc|libm)$/.test(name));
  for (const name of new Set(needed)) {
    assert.match(dockerfile, new RegExp(`\\b${name === "libz" ? "zlib" : name}[\\d.]*[-0g]* `), name);
  }
});

const freePort = () => new Promise((resolve) => {
  const server = net.createServer().listen(0, "127.0.0.1", () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

/* nginx as docker/nginx.conf has it, but for ports, names and certificate. */
async function startNginx(t, server, folder) {
  const [plain, tls] = [await freePort(), await freePort()];
  const { cert, key } = certificate(folder);
  const site = text("nginx.conf").replaceAll("listen 80;", `listen 127.0.0.1:${plain};`)
    .replaceAll("listen 443 ssl http2;", `listen 127.0.0.1:${tls} ssl http2;`)
    .replaceAll(/^ *listen \[::\].*\n/gm, "").replaceAll("frugal.example.org", "localhost")
    .replaceAll("127.0.0.1:8750", `127.0.0.1:${server.port}`)
    .replace("/etc/ssl/frugal/fullchain.pem", cert).replace("/etc/ssl/frugal/privkey.pem", key);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${folder}/${name};`).join(" ");
  const conf = path.join(folder, "nginx.conf");
  fs.writeFileSync(conf, `daemon off; user root; pid ${folder}/pid; error_log ${folder}/error.log;
    events {} http { access_log off; ${temporary}\n${site}}\n`);
  const child = spawnChild("nginx", ["-c", conf, "-e", `${folder}/error.log`, "-p", folder],
    { stdio: ["ignore", "ignore", "inherit"] });
  defer(t, async () => { child.kill("SIGQUIT"); await within(10000, child.ended, "nginx"); });
  await until(() => new Promise((resolve) => {
    const socket = net.connect(tls, "127.0.0.1", () => { socket.destroy(); resolve(true); });
    socket.on("error", () => resolve(false));
  }), "nginx");
  return { plain, tls, cert };
}

test("nginx in front: TLS, tokens, large files, events as they happen", async (t) => {
  const place = workspace(t);
  const secret = await token(place, "anna", "--role", "admin");
  const server = await startServer(t, { place, args: ["--require-tokens", "--trusted-proxy",
    "127.0.0.1"] });
  const { plain, tls, cert } = await startNginx(t, server, folderOf(t));
  const env = { FRUGAL_SERVER: `https://localhost:${tls}`, FRUGAL_TOKEN: secret };
  const client = (...args) => frugal(["--cacert", cert, ...args], { env });
  assert.match((await client("ping")).out, /answers at https:/);
  assert.equal((await frugal(["--cacert", cert, "ls"],
    { env: { ...env, FRUGAL_TOKEN: "" } })).code, 5);
  const files = ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"]
    .map((name) => path.join(place.datasets, "tiny", `${name}-ubyte`));
  const big = path.join(place.folder, "big");
  fs.copyFileSync(files[0], big);
  const added = await client("datasets", "add", "sent", big, ...files.slice(1));
  assert.equal(added.code, 0, added.err);
  const large = path.join(place.folder, "large");
  fs.writeFileSync(large, Buffer.alloc(900000));
  assert.doesNotMatch((await client("datasets", "add", "large", large, ...files.slice(1))).err,
    /HTTP 413/, "nginx lets large files pass");
  const redirect = await frugal(["ls"], { env: { FRUGAL_SERVER: `http://localhost:${plain}`,
    FRUGAL_TOKEN: secret } });
  assert.equal(redirect.code, 6);
  assert.match(redirect.err, /HTTP 308.*\n.*points to https:\/\/localhost/);
  const beginning = await new Promise((resolve, reject) => {
    const request = https.get({ host: "localhost", port: tls, path: "/v1/events?after=0",
      ca: fs.readFileSync(cert), headers: bearer(secret) }, (response) => {
      response.once("data", (bytes) => { resolve(String(bytes)); request.destroy(); });
    });
    request.on("error", reject);
    frugal(["submit", "-", "--cacert", cert], { env, input: JSON.stringify(short) }).catch(reject);
  });
  assert.ok(beginning.length > 0);
});

test("make install, and make uninstall leaves nothing", { timeout: 120000 }, (t) => {
  const root = folderOf(t);
  const make = (target) => execFileSync("make", ["-s", target, `DESTDIR=${root}`, "PREFIX=/usr",
    `B=${path.relative(paths.root, paths.build)}`], { cwd: paths.root, encoding: "utf8", env: { ...process.env, MAKEFLAGS: "" } });
  make("install");
  const list = () => execFileSync("find", [root, "-type", "f", "-printf", "%P\n"],
    { encoding: "utf8" }).split("\n").filter((name) => name !== "");
  const installed = list();
  for (const name of ["bin/frugald", "bin/frugal", "share/man/man1/frugal.1",
    "share/man/man8/frugald.8", "share/man/man5/frugal-spec.5", "share/man/man5/frugald.conf.5",
    "share/bash-completion/completions/frugal", "share/zsh/site-functions/_frugal",
    "share/fish/vendor_completions.d/frugal.fish", "lib/systemd/system/frugald.service",
    "lib/sysusers.d/frugal.conf", "share/frugal/frugald.conf",
    "share/frugal/examples/first.json"]) {
    assert.ok(installed.includes(`usr/${name}`), name);
  }
  assert.match(fs.readFileSync(path.join(root, "usr/lib/systemd/system/frugald.service"), "utf8"),
    /^ExecStart=\/usr\/bin\/frugald /m);
  const bytes = installed.reduce((sum, name) => sum + fs.statSync(path.join(root, name)).size, 0);
  assert.ok(bytes < 5e6, `${bytes} bytes`);
  for (const [shell, name] of [["zsh", "zsh/site-functions/_frugal"],
    ["fish", "fish/vendor_completions.d/frugal.fish"],
    ["bash", "bash-completion/completions/frugal"]]) {
    const { status, stderr } = spawnSync(shell, ["-n", path.join(root, "usr/share", name)],
      { encoding: "utf8" });
    assert.deepEqual([status, stderr], [0, ""], shell);
  }
  make("uninstall");
  assert.deepEqual(list(), []);
});
