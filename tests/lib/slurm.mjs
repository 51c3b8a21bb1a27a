// A Slurm of one node on this machine, with ports, keys and folders of its own.
import { execFileSync, spawnSync } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";

import { defer, plainEnvironment, removeFolder, spawnChild, temporaryFolder, until, within }
  from "./cleanup.mjs";

export const hasSlurm = ["munged", "slurmctld", "slurmd", "sbatch"].every((program) =>
  !spawnSync("which", [program]).status);

async function freePort() {
  const server = net.createServer();
  await new Promise((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  const { port } = server.address();
  await new Promise((resolve) => { server.close(resolve); });
  return port;
}

async function configuration(folder, socket) {
  const user = os.userInfo().username;
  return `ClusterName=test
SlurmctldHost=${os.hostname()}(127.0.0.1)
AuthType=auth/munge
AuthInfo=socket=${socket}
CredType=cred/munge
SlurmUser=${user}
SlurmdUser=${user}
SlurmctldPort=${await freePort()}
SlurmdPort=${await freePort()}
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SwitchType=switch/none
MpiDefault=none
MailProg=/bin/true
ReturnToService=2
NodeName=${os.hostname()} NodeAddr=127.0.0.1 CPUs=2
PartitionName=all Nodes=ALL Default=YES
`;
}

/* The three daemons, until the end of the test: the environment for Slurm's commands. */
export async function startSlurm(t) {
  const folder = temporaryFolder("frugal-slurm-");
  defer(t, () => removeFolder(folder));
  const [keys, socket] = [path.join(folder, "munge"), path.join(folder, "munge", "socket")];
  for (const name of ["munge", "state", "spool"]) fs.mkdirSync(path.join(folder, name));
  fs.chmodSync(folder, 0o711); // munged wants its socket to be within reach of all
  fs.chmodSync(keys, 0o711);
  fs.writeFileSync(path.join(keys, "key"), crypto.randomBytes(1024), { mode: 0o400 });
  const conf = path.join(folder, "slurm.conf");
  fs.writeFileSync(conf, await configuration(folder, socket));
  const env = plainEnvironment({ SLURM_CONF: conf });
  const start = (program, ...args) => {
    const child = spawnChild(program, args, { env, stdio: "ignore" });
    defer(t, async () => {
      child.kill("SIGTERM");
      await within(20000, child.ended, `the end of ${program}`);
    });
  };
  const file = (name) => `--${name}-file=${path.join(keys, name)}`;
  start("munged", "--foreground", `--socket=${socket}`, ...["key", "pid", "log", "seed"].map(file));
  await until(() => fs.existsSync(socket), "munged");
  start("slurmctld", "-D");
  start("slurmd", "-D");
  const state = () => spawnSync("sinfo", ["-h", "-o", "%t"], { env }).stdout.toString().trim();
  await until(() => state() === "idle", "a node of Slurm");
  return env;
}

/* Submits a shell command; returns the number of its job. */
export function sbatch(env, command, ...options) {
  const out = execFileSync("sbatch",
    ["--parsable", "--output=/dev/null", ...options, "--wrap", command], { env });
  return Number(out);
}
