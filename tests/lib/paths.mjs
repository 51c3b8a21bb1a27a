// Where things are: the programs under test, the data sets, the output of the tests.
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const tests = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
export const root = path.dirname(tests);
export const build = path.resolve(process.env.FRUGAL_BUILD ?? path.join(root, "build"));
export const frugald = path.join(build, "frugald");
export const frugal = path.join(build, "frugal");
export const screenshots = path.join(root, "build", "screenshots");

/* The real data: MNIST when FRUGAL_TEST_DATASETS has it, else Debian's Fashion-MNIST. */
export const real = realData();

function realData() {
  const folder = process.env.FRUGAL_TEST_DATASETS;
  if (folder && fs.existsSync(path.join(folder, "mnist"))) {
    return { folder: path.resolve(folder), name: "mnist" };
  }
  const debian = "/usr/share/datasets";
  if (fs.existsSync(path.join(debian, "fashion-mnist"))) {
    return { folder: debian, name: "fashion-mnist" };
  }
  return null;
}

/* Built with a sanitizer, which takes memory, and time. */
export const sanitized = /\/(address|thread|undefined)$/.test(build);
