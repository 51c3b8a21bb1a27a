// TLS: the certificate, another one while the server runs, the client, and the page.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import tls from "node:tls";
import { bearer, token } from "../lib/accounts.mjs";
import { certificate } from "../lib/certificates.mjs";
import { frugal } from "../lib/client.mjs";
import { until } from "../lib/cleanup.mjs";
import { request } from "../lib/http.mjs";
import { runServer, serverArgs, startServer, workspace } from "../lib/server.mjs";
import { short } from "../lib/specs.mjs";
import { Events } from "../lib/sse.mjs";

function options({ cert, key }) {
  return ["--tls-cert", cert, "--tls-key", key];
}

async function withTls(t, more = {}) {
  const place = workspace(t);
  const own = certificate(place.folder);
  const server = await startServer(t, { place, args: options(own), ...more });
  const ask = (url, { headers, ...rest } = {}) => request(server.url + url,
    { ca: own.pem, headers, ...rest });
  return { place, own, server, ask };
}

/* Resolves to the version spoken and the certificate shown; rejects if there is none. */
function handshake(port, how = {}) {
  return new Promise((resolve, reject) => {
    const socket = tls.connect({ port, host: "127.0.0.1", rejectUnauthorized: false, ...how });
    socket.on("error", reject);
    socket.on("secureConnect", () => {
      resolve([socket.getProtocol(), socket.getPeerCertificate().subject.CN]);
      socket.destroy();
    });
  });
}

test("HTTP over TLS, and nothing else", async (t) => {
  const { server, ask } = await withTls(t);
  assert.match(server.url, /^https:\/\/127\.0\.0\.1:\d+$/);
  for (const url of ["/", "/v1/jobs", "/nothing"]) {
    const r = await ask(url);
    assert.equal(r.headers["strict-transport-security"], "max-age=63072000", url);
  }
  const r = await ask("/v1/jobs", { method: "POST", body: JSON.stringify(short),
    headers: { "Content-Type": "application/json", Origin: server.url } });
  assert.equal(r.status, 201, r.text);
  await until(async () => (await ask("/v1/jobs/1")).json().state === "succeeded", "the run");
  const weights = await ask("/v1/runs/1/weights", { raw: true });
  assert.equal(weights.text.length, (await ask("/v1/runs/1")).json().weights);
  await assert.rejects(request(server.url + "/healthz"), /self[- ]signed certificate/);
  await assert.rejects(request(server.url.replace("https:", "http:") + "/healthz"));
  const old = { ciphers: "DEFAULT@SECLEVEL=0" };
  assert.deepEqual(await handshake(server.port), ["TLSv1.3", "server"]);
  assert.deepEqual(await handshake(server.port, { maxVersion: "TLSv1.2", ...old }),
    ["TLSv1.2", "server"]);
  await assert.rejects(handshake(server.port,
    { minVersion: "TLSv1", maxVersion: "TLSv1.1", ...old }));
});

test("a certificate that is renewed", async (t) => {
  const { place, own, server } = await withTls(t);
  const stream = await Events.open(t, `${server.url}/v1/events`, {}, { ca: own.pem });
  const fresh = certificate(place.folder, "renewed");
  const hang_up = async (done, what) => {
    server.signal("SIGHUP");
    await until(done, what);
  };
  fs.renameSync(fresh.cert, own.cert);
  await hang_up(() => /certificate stays as it is: .*key/i.test(server.log), "the complaint");
  assert.deepEqual(await handshake(server.port), ["TLSv1.3", "server"]);
  fs.renameSync(fresh.key, own.key);
  await hang_up(async () => (await handshake(server.port))[1] === "renewed", "the new one");
  const r = await request(`${server.url}/v1/jobs`, { ca: fresh.pem, method: "POST",
    headers: { "Content-Type": "application/json" }, body: JSON.stringify(short) });
  assert.equal(r.status, 201);
  await stream.wait(({ type }) => type === "job", "an event on the stream from before");
  stream.close();
});

function isSocket(fd) {
  try {
    return fs.readlinkSync(fd).startsWith("socket:");
  } catch {
    return false; /* closed meanwhile */
  }
}

test("a stream whose client has gone is noticed", async (t) => {
  const { own, server } = await withTls(t);
  const sockets = () => fs.readdirSync(`/proc/${server.pid}/fd`).filter((fd) =>
    isSocket(`/proc/${server.pid}/fd/${fd}`)).length;
  const before = sockets();
  const streams = await Promise.all(Array.from({ length: 5 }, () =>
    Events.open(t, `${server.url}/v1/events`, {}, { ca: own.pem })));
  assert.ok(sockets() >= before + 5);
  for (const stream of streams) stream.close();
  await until(() => sockets() <= before, "the end of the connections");
});

test("files that are no certificate: 78, and one line", async (t) => {
  const place = workspace(t);
  const [own, other] = [certificate(place.folder), certificate(place.folder, "other")];
  const nonsense = path.join(place.folder, "nonsense");
  fs.writeFileSync(nonsense, "nonsense\n", { mode: 0o600 });
  const open = path.join(place.folder, "open.key");
  fs.copyFileSync(own.key, open);
  fs.chmodSync(open, 0o644);
  const rows = [
    [options({ ...own, key: "/nowhere" }), /\/nowhere: No such file/],
    [options({ ...own, cert: "/nowhere" }), /\/nowhere and /],
    [options({ ...own, key: other.key }), /key/i],
    [options({ ...own, cert: nonsense }), /nonsense/],
    [options({ ...own, key: open }), /can be read by everybody/],
    [["--tls-cert", own.cert], /go together/], [["--tls-key", own.key], /go together/],
  ];
  for (const [args, wanted] of rows) {
    const { code, out, err } = await runServer(serverArgs(place, { args }));
    assert.deepEqual([code, out], [78, ""], err);
    assert.match(err, wanted);
  }
  assert.ok(!fs.existsSync(place.data), "nothing was made");
});

test("beyond this machine, with a token, and the client", async (t) => {
  const { place, own, server } = await withTls(t, { listen: "0.0.0.0:0" });
  const secret = await token(place, "anna");
  const url = `https://localhost:${server.port}`;
  assert.equal((await request(`${url}/v1/jobs`, { ca: own.pem })).status, 401);
  assert.equal((await request(`${url}/v1/jobs`, { ca: own.pem, headers: bearer(secret) })).status,
    200);
  assert.doesNotMatch(server.log, /warning/);
  const env = { FRUGAL_SERVER: url, FRUGAL_TOKEN: secret };
  const blind = await frugal(["ls"], { env });
  assert.equal(blind.code, 6);
  assert.match(blind.err, /certificate/i);
  assert.equal((await frugal(["ls"], { env: { ...env, FRUGAL_CACERT: own.cert } })).code, 0);
  assert.equal((await frugal(["--cacert", own.cert, "ls"], { env })).code, 0);
  const other = certificate(place.folder, "other");
  assert.equal((await frugal(["ls", "--cacert", other.cert], { env })).code, 6);
});
