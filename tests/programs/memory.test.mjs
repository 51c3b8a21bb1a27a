// A run that had got somewhere, on a server that has too little memory for it now.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import test from "node:test";
import { sleep, until } from "../lib/cleanup.mjs";
import { startServer } from "../lib/server.mjs";
import { endless, short, spec } from "../lib/specs.mjs";

const large = spec(endless, { network: { hidden: [4000, 4000] }, evaluate: { every: 2 },
  stop: { accuracy: null, epochs: null, samples: 1000000 }, priority: 5 });

/* The address space of the process may grow by so many MiB from now on. */
function limit(server, megabytes) {
  const size = /^VmSize:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${server.pid}/status`, "utf8"));
  const bytes = (Number(size[1]) + megabytes * 1024) * 1024;
  execFileSync("prlimit", ["--pid", String(server.pid), `--as=${bytes}:`]);
}

/* In order, or killed, which makes the run suspect; without memory for its first arrays, or
   for its later ones only. */
for (const [end, megabytes] of [["stop", 48], ["kill", 100]]) test(
  `after a ${end}: held with what it has got, holds up nobody, and goes on when it is released`,
  { timeout: 180000 }, async (t) => {
    const first = await startServer(t, { workers: 1, args: ["--checkpoint-seconds", "1"] });
    await first.submit(large);
    const row = async (server) => (await server.get("/v1/runs/1")).results?.samples ?? 0;
    await until(async () => await row(first) > 0, "a row");
    if (end === "kill") await sleep(5000); // for checkpoints
    await first[end]();

    const server = await startServer(t, { workers: 0, place: first.place });
    const samples = await row(server);
    await server.submit(short);
    await server.get("/v1/runs/2");
    limit(server, megabytes);
    await server.order("/v1/workers", { count: 1 }, "PATCH");
    assert.equal((await server.done(2)).state, "succeeded");
    const run = await server.get("/v1/runs/1");
    assert.deepEqual([run.state, run.results.samples], ["held", samples]);
    assert.match(run.reason, /out of memory, time and again; .* release it when there is more/);
    assert.match((await server.get("/v1/runs/1/why")).why, /it is held: .*out of memory/);

    execFileSync("prlimit", ["--pid", String(server.pid), "--as=unlimited:"]);
    await server.order("/v1/jobs/1/release", {});
    await until(async () => await row(server) > samples, "it to go on");
    const { items } = await server.get("/v1/runs/1/attempts");
    assert.equal(items.at(-1).resumed !== null, true, "from its checkpoint");
    await server.order("/v1/jobs/1/cancel", {});
    await server.done(1);
  });
