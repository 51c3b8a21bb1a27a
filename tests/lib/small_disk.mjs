// A disk of a few megabytes for one data directory: a tmpfs in a mount namespace, which a
// child process holds, so that servers can end and start again on it.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { spawnSync } from "node:child_process";
import { defer, spawnChild, within } from "./cleanup.mjs";

const HOLD = 'mount -t tmpfs -o size="$1" tmpfs "$0" && echo ready && exec cat';

/* False, or why such a disk cannot be had here. */
export const noSmallDisks = spawnSync("unshare", ["-Urm", "true"]).status !== 0
  && "this system allows no mounts of one's own";

/* {path: of the data directory from outside, wrap: of startServer, readOnly()}. */
export async function smallDisk(t, place, size = "20m") {
  fs.mkdirSync(place.data);
  const holder = spawnChild("unshare", ["-Urm", "sh", "-c", HOLD, place.data, size],
    { stdio: ["pipe", "pipe", "inherit"] });
  defer(t, () => {
    holder.kill("SIGKILL");
    return within(10000, holder.ended, "the end of a small disk");
  });
  await within(10000, new Promise((resolve) => holder.stdout.once("data", resolve)),
    "a small disk");
  const enter = ["nsenter", "-t", String(holder.pid), "-U", "-m", "--preserve-credentials"];
  return {
    path: path.join("/proc", String(holder.pid), "root", place.data),
    wrap: [...enter, "setpriv", "--pdeathsig", "KILL"],
    readOnly() {
      const [program, ...words] = [...enter, "mount", "-o", "remount,ro", place.data];
      const { status, stderr } = spawnSync(program, words, { encoding: "utf8" });
      assert.equal(status, 0, stderr);
    },
  };
}

/* Takes the disk of the folder to the last byte; returns what gives it back. */
export function fill(folder, name = "ballast") {
  const file = path.join(folder, name);
  const out = fs.openSync(file, "w");
  for (let size = 1 << 20; size >= 1;) {
    try {
      if (fs.writeSync(out, Buffer.alloc(size)) < size) size >>= 1;
    } catch (error) {
      assert.equal(error.code, "ENOSPC");
      size >>= 1;
    }
  }
  fs.closeSync(out);
  return () => fs.rmSync(file);
}
