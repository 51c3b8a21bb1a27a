// Backups that do not come to their end: the server stops, its client goes, or it is killed.
import assert from "node:assert/strict";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import test from "node:test";
import { execFileSync } from "node:child_process";
import { until } from "../lib/cleanup.mjs";
import { startServer, workspace } from "../lib/server.mjs";
import { short } from "../lib/specs.mjs";

const PAGES = 6000;

/* A place with a database of so many pages, and a weights file. */
async function large(t) {
  const place = workspace(t);
  const server = await startServer(t, { place });
  await server.done((await server.submit(short)).id);
  server.checkEnd(await server.stop());
  execFileSync("python3", ["-c", `import sqlite3, sys
c = sqlite3.connect(sys.argv[1])
c.execute("CREATE TABLE filler (bytes BLOB)")
c.executemany("INSERT INTO filler VALUES (randomblob(4000))", [()] * ${PAGES})
c.commit()`, path.join(place.data, "frugal.db")]);
  return place;
}

/* Each call of that kind takes so many ms, from the nth one of a thread on. */
const slow = (place, call, from, ms) => ["strace", "-D", "-f", "-qq", "-o", logOf(place),
  "-e", `trace=${call}`, "-e", `inject=${call}:delay_enter=${1000 * ms}:when=${from}+`];

const logOf = (place) => path.join(place.folder, "strace.log");

const backups = (place) => {
  const folder = path.join(place.data, "backups");
  return fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [];
};

const underWay = (place) => until(() => {
  const name = backups(place).find((n) => n.endsWith(".db.part"));
  return name && fs.statSync(path.join(place.data, "backups", name)).size >= 1 << 20;
}, "a backup under way");

const slowedDown = (place) =>
  until(() => fs.readFileSync(logOf(place), "latin1").includes("(DELAYED)"), "slow calls");

// The server reads almost twice as many pages to start; a copy and its check, a little more.
for (const [name, call, from, ms, begun] of [["copies", "pwrite64", 200, 5, underWay],
  ["checks", "pread64", 1.96 * PAGES, 200, slowedDown]]) {
  test(`SIGTERM while a backup ${name}: 503, and nothing of it is left`, { timeout: 120000 },
    async (t) => {
      const place = await large(t);
      const server = await startServer(t, { place, workers: 0, wrap: slow(place, call, from, ms) });
      const answer = server.order("/v1/backups");
      await begun(place);
      server.signal("SIGTERM");
      const r = await answer;
      assert.equal(r.status, 503, r.text);
      assert.match(r.json().detail, /shutting down/);
      assert.equal(r.headers["retry-after"], "5");
      server.checkEnd(await server.ended(10000));
      assert.deepEqual(backups(place), []);
      const again = await startServer(t, { place });
      assert.equal((await again.order("/v1/backups")).status, 201);
    });
}

test("a backup ends when its client goes", { timeout: 120000 }, async (t) => {
  const place = await large(t);
  const server = await startServer(t, { place, workers: 0, wrap: slow(place, "pwrite64", 200, 5) });
  const socket = net.connect(server.port, "127.0.0.1");
  socket.on("error", () => {});
  socket.write(`POST /v1/backups HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n`
    + "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
  await underWay(place);
  socket.destroy();
  await until(() => backups(place).length === 0, "an empty folder", 15000);
  assert.equal((await server.request("/healthz")).status, 200);
});

test("what a kill leaves of a backup is gone at the next start", { timeout: 120000 },
  async (t) => {
    const place = await large(t);
    const server = await startServer(t, { place, workers: 0 });
    const { path: whole } = (await server.order("/v1/backups")).json();
    server.checkEnd(await server.stop());
    const slower = await startServer(t, { place, workers: 0, wrap: slow(place, "pwrite64", 200, 5) });
    const answer = slower.order("/v1/backups").catch(() => null);
    await underWay(place);
    await slower.kill();
    await answer;
    assert.ok(backups(place).length > 2);
    const folder = path.join(place.data, "backups");
    // Or it had come so far that only the database had no name yet.
    fs.copyFileSync(whole, path.join(folder, "frugal-20000101-000000.000.db.part"));
    fs.mkdirSync(path.join(folder, "frugal-20000101-000000.000.weights"));
    fs.writeFileSync(path.join(folder, "mine.part"), "not a backup");
    await startServer(t, { place });
    const name = path.basename(whole);
    assert.deepEqual(backups(place),
      [name, name.replace(/\.db$/, ".weights"), "mine.part"]);
  });
