// Which replies of schema/openapi.yaml no test has seen. usage: seen.mjs FOLDER, where the tests have
// left what they saw (FRUGAL_SEEN). Status 1: there are some.
import fs from "node:fs";
import path from "node:path";
import { contract } from "../lib/contract.mjs";
import { noSmallDisks } from "../lib/small_disk.mjs";

const [folder] = process.argv.slice(2);
const seen = new Set(fs.readdirSync(folder)
  .flatMap((name) => fs.readFileSync(path.join(folder, name), "utf8").split("\n")));
const documented = (await contract()).operations.flatMap(({ method, template, replies }) =>
  [...replies.keys()].filter((code) => code !== "default")
    .map((code) => `${method} ${template} ${code}`));
const missing = documented.filter((reply) => !seen.has(reply))
  .filter((reply) => !(noSmallDisks && reply.endsWith(" 507"))); // a full disk takes a mount
for (const reply of missing) console.log(`never seen: ${reply}`);
console.log(`${documented.length - missing.length} of ${documented.length} replies seen`);
process.exit(missing.length > 0 ? 1 : 0);
