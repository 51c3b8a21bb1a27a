// What docker/nginx.conf keeps from the server, and whom it tells it of, where nginx is there.
import assert from "node:assert/strict";
import fs from "node:fs";
import http from "node:http";
import net from "node:net";
import path from "node:path";
import test from "node:test";
import tls from "node:tls";
import { spawnSync } from "node:child_process";
import { bearer, token } from "../lib/accounts.mjs";
import { certificate } from "../lib/certificates.mjs";
import { defer, spawnChild, until, within } from "../lib/cleanup.mjs";
import { request } from "../lib/http.mjs";
import * as paths from "../lib/paths.mjs";
import { startServer, workspace } from "../lib/server.mjs";

const NGINX = ["/usr/sbin/nginx", "/usr/bin/nginx"].find((file) => fs.existsSync(file));
const HOST = "frugal.example.org";

function freePort() {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/* The file as it is, but for what has to differ here; each of these is there. */
function rewritten(own, ports) {
  let text = fs.readFileSync(path.join(paths.root, "docker", "nginx.conf"), "utf8");
  const change = (from, to) => {
    assert.ok(text.includes(from), from);
    text = text.replaceAll(from, to);
  };
  change("    listen [::]:80;\n", "");
  change("    listen [::]:443 ssl http2;\n", "");
  change("listen 80;", `listen 127.0.0.1:${ports.plain};`);
  change("listen 443 ssl", `listen 127.0.0.1:${ports.tls} ssl`);
  change("/etc/ssl/frugal/fullchain.pem", own.cert);
  change("/etc/ssl/frugal/privkey.pem", own.key);
  change("http://127.0.0.1:8750", `http://127.0.0.1:${ports.server}`);
  return text;
}

function writeConfig(folder, servers) {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${folder}/${name};`).join(" ");
  const file = path.join(folder, "nginx.conf");
  fs.writeFileSync(file, `daemon off; master_process off; pid ${folder}/nginx.pid;\n` +
    `error_log ${folder}/error.log;\nevents {}\nhttp { access_log off; ${temporary}\n` +
    `${servers}\n}\n`);
  return file;
}

/* frugald behind nginx, with a user anna: ask(path, options) goes through both. */
async function behindNginx(t) {
  const place = workspace(t);
  const secret = await token(place, "anna");
  const server = await startServer(t, { place, args: ["--require-tokens", "--allowed-hosts",
    HOST, "--trusted-proxy", "127.0.0.1"] });
  const own = certificate(place.folder, "server", HOST);
  const ports = { plain: await freePort(), tls: await freePort(), server: server.port };
  const config = writeConfig(place.folder, rewritten(own, ports));
  const checked = spawnSync(NGINX, ["-t", "-p", place.folder, "-c", config],
    { encoding: "utf8" });
  assert.equal(checked.status, 0, checked.stderr);
  assert.doesNotMatch(checked.stderr, /\[(warn|emerg|error)\]/);
  const nginx = spawnChild(NGINX, ["-p", place.folder, "-c", config], { stdio: "ignore" });
  defer(t, async () => {
    nginx.kill("SIGTERM");
    await within(15000, nginx.ended, "the end of nginx");
  });
  const url = `https://127.0.0.1:${ports.tls}`;
  const more = { ca: own.pem, servername: HOST };
  const ask = (where, { headers, ...rest } = {}) => request(url + where,
    { ...more, headers: { Host: HOST, ...headers }, ...rest });
  await until(() => ask("/healthz").then((r) => r.status === 200, () => false), "nginx");
  return { server, ask, secret, ports, more };
}

test("who asks through nginx is told apart, whatever he says", { skip: !NGINX }, async (t) => {
  const { ask, secret, server } = await behindNginx(t);
  for (let i = 0; i < 12; i += 1) {
    await ask("/v1/jobs", { localAddress: "127.0.0.9",
      headers: { ...bearer("frg_wrong"), "X-Forwarded-For": `192.0.2.${i}` } });
  }
  const status = async (localAddress) =>
    (await ask("/v1/jobs", { localAddress, headers: bearer(secret) })).status;
  assert.deepEqual([await status("127.0.0.9"), await status("127.0.0.10")], [429, 200]);
  assert.match(server.log, /a wrong token from 127\.0\.0\.9/);
});

test("what nginx itself refuses", { skip: !NGINX }, async (t) => {
  const { ports, server, more } = await behindNginx(t);
  const plain = await new Promise((resolve, reject) => http.get({ port: ports.plain,
    host: "127.0.0.1", path: "/v1/jobs", headers: { Host: HOST }, agent: false },
  resolve).on("error", reject));
  plain.resume();
  assert.deepEqual([plain.statusCode, plain.headers.location], [308, `https://${HOST}/v1/jobs`]);
  const heads = [
    "Content-Length: 3\r\nTransfer-Encoding: chunked", "Content-Length: 3\r\nContent-Length: 5",
    "Transfer-Encoding: gzip, chunked", "Content-Length: 600000", "X : y\r\nContent-Length: 3",
    "X: y\r\n z\r\nContent-Length : 3",
  ];
  for (const head of heads) {
    const socket = tls.connect({ port: ports.tls, host: "127.0.0.1", ...more }, () =>
      socket.write(`POST /v1/jobs HTTP/1.1\r\nHost: ${HOST}\r\n${head}\r\n\r\n0\r\n\r\n`));
    defer(t, () => socket.destroy());
    let answer = "";
    socket.on("data", (data) => { answer += data; });
    socket.on("error", () => {});
    await until(() => answer.includes("\r\n"), `the answer to ${head}`);
    assert.match(answer, /^HTTP\/1\.1 (400|413|501) /, head);
  }
  assert.doesNotMatch(server.log, /status=201/);
});
