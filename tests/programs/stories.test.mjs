// The stories in stories/: what somebody types, and what he sees, with the real client and a real
// server. Each has a server and a folder of its own.
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { token } from "../lib/accounts.mjs";
import { plainEnvironment } from "../lib/cleanup.mjs";
import * as paths from "../lib/paths.mjs";
import { startServer, workspace } from "../lib/server.mjs";
import { runTranscript } from "../lib/transcript.mjs";

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), "stories");

for (const name of fs.readdirSync(folder).filter((file) => file.endsWith(".story")).sort()) {
  test(name, { timeout: 200000 }, async (t) => {
    const place = workspace(t);
    const secret = await token(place, "anna", "--role", "admin");
    const server = await startServer(t, { place, workers: 1,
      args: /tokens/.test(name) ? ["--require-tokens"] : [] });
    const env = plainEnvironment({ PATH: `${paths.build}:${process.env.PATH}`,
      HOME: place.folder, XDG_CONFIG_HOME: path.join(place.folder, "config"), LC_ALL: "C.UTF-8",
      FRUGAL_SERVER: server.url, SERVER: server.url, TOKEN: secret, DATA: place.data });
    await runTranscript(path.join(folder, name), { cwd: place.folder, env });
  });
}
