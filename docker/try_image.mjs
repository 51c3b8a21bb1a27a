// Carries out docker/Dockerfile where no container engine runs: each stage is a chroot that
// debootstrap makes, each instruction is done in it; then the image runs as the container would, with
// a read-only root, its own user and no capability, and its health check must pass. As root:
//
//     node docker/try_image.mjs [FOLDER]
//
// FOLDER keeps the fresh Debian for another time; without it nothing stays. It knows what this
// Dockerfile uses, and refuses the rest.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const MIRROR = process.env.MIRROR ?? "http://deb.debian.org/debian";
const kept = process.argv[2];
const folder = kept ? path.resolve(kept) : fs.mkdtempSync(path.join(os.tmpdir(), "frugal-image-"));
const context = process.cwd();
fs.mkdirSync(folder, { recursive: true });
fs.chmodSync(folder, 0o755); // others than root work inside
const log = fs.openSync(path.join(folder, "log"), "w");

/* Instructions of a Dockerfile: {word, rest}. */
function instructions(file) {
  return fs.readFileSync(file, "utf8").split("\n").filter((line) => /^[A-Z]/.test(line))
    .map((line) => { const [, word, rest] = /^(\S+) (.*)$/.exec(line); return { word, rest }; });
}

const run = (program, args, options = {}) => {
  const { status } = spawnSync(program, args, { stdio: ["ignore", log, log], ...options });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: status ${status}, see ${folder}/log`);
};

const base = path.join(folder, "base");

/* How this machine reaches others, and whom it believes, holds inside, too. */
const authorities = process.env.NODE_EXTRA_CA_CERTS;
const network = Object.fromEntries(Object.entries(process.env).filter(([name]) =>
  /^(https?|no)_proxy$|^npm_config_(registry|https?_proxy|cafile)$/i.test(name)));
const clean = (env) => ({ ...network, HOME: "/root", DEBIAN_FRONTEND: "noninteractive",
  ...authorities ? { NODE_EXTRA_CA_CERTS: "/tmp/authorities.pem" } : {},
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", ...env });

function inside(root, directory, command) {
  run("unshare", ["--mount", "sh", "-c",
    `mount -t proc proc "${root}/proc" && exec chroot "${root}" sh -c 'cd "$1" && eval "$2"' sh "$1" "$2"`,
    "sh", directory, command], { env: clean() });
}

class Stage {
  directory = "/";
  user = "root";
  constructor(name) {
    this.root = path.join(folder, name);
    fs.rmSync(this.root, { recursive: true, force: true });
    run("cp", ["-a", base, this.root]);
    if (authorities) fs.copyFileSync(authorities, path.join(this.root, "tmp", "authorities.pem"));
  }

  copy(rest, stages) {
    const from = /^--from=(\S+) /.exec(rest);
    const [source, target] = rest.replace(/^--\S+ /, "").split(" ");
    const into = path.join(this.root, path.resolve(this.directory, target));
    fs.mkdirSync(into, { recursive: true });
    if (from) return run("cp", ["-a", `${path.join(stages.get(from[1]).root, source)}/.`, into]);
    // The context is what git knows, as .dockerignore has it, with what is not committed.
    const files = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
      { cwd: context });
    run("sh", ["-c", `tar --null -cf - -T "$1" | tar -xf - -C "$2"`, "sh", this.list(files), into],
      { cwd: context });
    return undefined;
  }

  list(files) {
    const file = path.join(folder, "files");
    fs.writeFileSync(file, files);
    return file;
  }

  take({ word, rest }, stages) {
    if (word === "RUN") inside(this.root, this.directory, rest);
    else if (word === "WORKDIR") fs.mkdirSync(path.join(this.root, this.directory = rest), { recursive: true });
    else if (word === "COPY") this.copy(rest, stages);
    else if (word === "USER") this.user = rest;
    else if (word === "ENTRYPOINT") this.entrypoint = JSON.parse(rest);
    else if (word === "CMD") this.command = JSON.parse(rest);
    else if (word === "HEALTHCHECK") this.check = JSON.parse(rest.replace(/^.*CMD /, ""));
    else if (word === "VOLUME") this.volume = rest;
    else if (word !== "EXPOSE") throw new Error(`${word} is not known here`);
  }
}

function build() {
  const stages = new Map();
  let stage;
  for (const instruction of instructions("docker/Dockerfile")) {
    console.log(`-- ${instruction.word} ${instruction.rest.slice(0, 90)}`);
    if (instruction.word !== "FROM") stage.take(instruction, stages);
    else {
      const [, name] = / AS (\S+)$/.exec(instruction.rest) ?? [];
      stages.set(name ?? "image", stage = new Stage(name ?? "image"));
    }
  }
  return stage;
}

/* The words that run a program in the image as the container does. */
function container(image, words) {
  const id = (file) => fs.readFileSync(path.join(image.root, "etc", file), "utf8").split("\n")
    .map((line) => line.split(":")).find(([name]) => name === image.user)[2];
  const volume = path.join(image.root, image.volume);
  return ["--mount", "sh", "-c", `
    root=$1 volume=$2; shift 2
    mount --bind "$root" "$root" && mount --bind "$volume" "$volume" &&
    mount -o remount,bind,ro "$root" && mount -t proc proc "$root/proc" &&
    exec chroot "$root" setpriv --pdeathsig KILL --reuid ${id("passwd")} --regid ${id("group")} \\
      --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all "$@"`,
    "sh", image.root, volume, ...words];
}

async function tryIt(image) {
  const port = 8764;
  const words = [...image.entrypoint, ...image.command].map((word) => word.replace(":8750", `:${port}`));
  const server = spawn("unshare", container(image, words), { stdio: ["ignore", log, log], env: clean() });
  const ended = new Promise((resolve) => { server.on("exit", resolve); });
  try {
    const check = container(image, image.check);
    const env = clean({ FRUGAL_SERVER: `http://127.0.0.1:${port}` });
    for (let i = 0; ; i += 1) {
      if (spawnSync("unshare", check, { env, stdio: ["ignore", log, log] }).status === 0) break;
      if (i > 100 || server.exitCode !== null) throw new Error(`the health check does not pass, see ${folder}/log`);
      await new Promise((resolve) => { setTimeout(resolve, 200); });
    }
    const token = execFileSync("unshare", container(image, ["frugald", "token", "create", "anna",
      "--data-dir", image.volume]), { env, encoding: "utf8" }).trim();
    const ls = execFileSync("unshare", container(image, ["frugal", "ls", "--csv"]),
      { env: { ...env, FRUGAL_TOKEN: token }, encoding: "utf8" });
    if (!ls.startsWith("job,state,")) throw new Error(`frugal ls: ${ls}`);
    const writes = spawnSync("unshare", container(image, ["touch", "/etc/x"]), { env });
    if (writes.status === 0) throw new Error("the root can be written to");
  } finally {
    server.kill("SIGTERM");
  }
  const code = await ended;
  if (code !== 0) throw new Error(`frugald ended with ${code}`);
}

if (!fs.existsSync(base)) {
  console.log("-- debootstrap");
  run("debootstrap", ["--variant=minbase", "bookworm", `${base}.new`, MIRROR]);
  fs.renameSync(`${base}.new`, base);
}
try {
  const image = build();
  await tryIt(image);
  const size = execFileSync("du", ["-sm", image.root], { encoding: "utf8" }).split("\t")[0];
  console.log(`the image is built, runs and is well; ${size} MB`);
} finally {
  for (const name of ["build", "image"]) fs.rmSync(path.join(folder, name), { recursive: true, force: true });
}
if (!kept) fs.rmSync(folder, { recursive: true, force: true });
