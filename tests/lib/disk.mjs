// A disk of 20 MB for a server, which a test can fill.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { spawnSync } from "node:child_process";

const MOUNT = 'mount -t tmpfs -o size=20m tmpfs "$0" && exec "$@"';

/* Words that start a program which has its data on such a disk. */
export const smallDisk = (place) => ["unshare", "-Urm", "sh", "-c", MOUNT, place.data];

/* Why there can be none; false: there can. */
export const noMounts = spawnSync("unshare", ["-Urm", "true"]).status !== 0
  && "this system allows no mounts of one's own";

/* Fills the disk to the last byte; returns what empties it again. */
export function fill(folder) {
  const file = path.join(folder, "ballast");
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
