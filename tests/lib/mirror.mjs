// A server of data sets on loopback that behaves as badly as it is asked to, by the path:
//   /good/FILE            a file of the data set "tiny"
//   /serve/NAME           what RECIPES has under that name
//   /to/N/URL             N redirects, and then one to the URL
//   /loop                 a redirect to itself
import crypto from "node:crypto";
import http from "node:http";
import zlib from "node:zlib";
import { defer } from "./cleanup.mjs";
import { idx, setFiles } from "./idx.mjs";

export const FILES = { train_images: "train-images-idx3-ubyte",
  train_labels: "train-labels-idx1-ubyte", test_images: "t10k-images-idx3-ubyte",
  test_labels: "t10k-labels-idx1-ubyte" };

const good = setFiles();
const images = good[FILES.train_images];

export const sha256 = (bytes) => crypto.createHash("sha256").update(bytes).digest("hex");
export const goodFile = (key) => good[FILES[key]];

const bytes = (n, value = 1) => Buffer.alloc(n, value);
const poke = (file, at, value) => {
  const copy = Buffer.from(file);
  copy[at] = value;
  return copy;
};
const zipped = () => zlib.gzipSync(images);
const wrongCrc = () => {
  const z = zipped();
  return poke(z, z.length - 6, z[z.length - 6] ^ 1);
};

/* Files instead of the training images, and how they come. `content`: what they inflate to,
   where that is sound. */
export const RECIPES = {
  "plain": { body: () => images },
  "gzip": { body: zipped, content: images },
  "a coded answer": { body: zipped, content: images, headers: { "Content-Encoding": "gzip" } },
  "a bomb": { body: () => zlib.gzipSync(idx([250000, 28, 28], bytes(196000000, 0))) },
  "a coded bomb": { body: () => zlib.gzipSync(bytes(50000000, 0)),
    headers: { "Content-Encoding": "gzip" } },
  "too many images": { body: () => idx([40000, 8, 8], bytes(2560000)) },
  "gzip cut off": { body: () => zipped().subarray(0, zipped().length - 9) },
  "a wrong CRC": { body: wrongCrc },
  "two members": { body: () => Buffer.concat([zlib.gzipSync(images.subarray(0, 1000)),
    zlib.gzipSync(images.subarray(1000))]) },
  "an empty member behind": { body: () => Buffer.concat([zipped(), zlib.gzipSync("")]) },
  "junk behind": { body: () => Buffer.concat([zipped(), Buffer.from("junk")]) },
  "magic": { body: () => poke(images, 0, 1) },
  "floats": { body: () => poke(images, 2, 0x0d) },
  "no dimensions": { body: () => poke(images, 3, 0) },
  "255 dimensions": { body: () => poke(images, 3, 255) },
  "dimension 0": { body: () => idx([600, 0, 8], bytes(0)) },
  "dimensions 65536 x 65536 x 65536": { body: () => idx([65536, 65536, 65536], bytes(100)) },
  "a byte too few": { body: () => images.subarray(0, images.length - 1) },
  "a byte too many": { body: () => Buffer.concat([images, bytes(1)]) },
  "labels for images": { body: () => idx([600], bytes(600)) },
  "images of another size": { body: () => idx([600, 8, 9], bytes(600 * 72)) },
  "one image more": { body: () => idx([601, 8, 8], bytes(601 * 64)) },
  "an empty file": { body: () => bytes(0) },
  "a page": { body: () => Buffer.from("<html>secret of the lab</html>") },
  "404": { body: () => Buffer.from("secret of the lab"), status: 404 },
  "500": { body: () => images, status: 500 },
  "204": { body: () => bytes(0), status: 204 },
  "206": { body: () => images, status: 206 },
  "300 to nowhere": { body: () => images, status: 300 },
  "10 GB": { body: () => images, headers: { "Content-Length": "10000000000" }, hangs: true },
  "shorter than it says": { body: () => images.subarray(0, 1000), ends: true,
    headers: { "Content-Length": String(images.length) } },
  "without end": { body: () => bytes(0), endless: true },
  "headers without end": { raw: (socket) => {
    const more = setInterval(() => socket.write(`X-More: ${"x".repeat(4000)}\r\n`), 1);
    socket.write("HTTP/1.1 200 OK\r\n");
    socket.on("error", () => {}).on("close", () => clearInterval(more));
  } },
  "a byte every 5 s": { body: () => images, drip: 5000 },
  "no HTTP": { raw: (socket) => socket.end("SSH-2.0-OpenSSH_9.2\r\n") },
  "a closed connection": { raw: (socket) => socket.destroy() },
};

const made = new Map();

/* The bytes of a recipe, made once. */
export function recipe(name) {
  if (!made.has(name)) made.set(name, RECIPES[name].body?.() ?? bytes(0));
  return made.get(name);
}

function drip(response, body, ms) {
  let at = 0;
  const timer = setInterval(() => response.write(body.subarray(at, at += 1)), ms);
  response.flushHeaders();
  response.on("close", () => clearInterval(timer));
}

function pourForever(response) {
  const block = bytes(65536);
  const pour = () => { while (!response.destroyed && response.write(block)); };
  response.on("drain", pour);
  pour();
}

function serve(name, response) {
  const r = RECIPES[name];
  if (!r) return response.writeHead(404).end();
  if (r.raw) return r.raw(response.socket);
  const body = recipe(name);
  response.writeHead(r.status ?? 200, r.headers ?? {});
  if (r.drip) return drip(response, body, r.drip);
  if (r.endless) return pourForever(response);
  response.write(body);
  if (r.hangs) return undefined;
  return r.ends ? setTimeout(() => response.destroy(), 200) : response.end();
}

function answer(request, response) {
  const [, what, ...rest] = request.url.split("/");
  const name = decodeURIComponent(rest.join("/"));
  if (what === "good" && good[name]) return response.end(good[name]);
  if (what === "serve") return serve(name, response);
  if (what === "loop") return response.writeHead(302, { Location: "/loop" }).end();
  if (what === "to") {
    const [, times, url] = /^(\d+)\/(.*)$/s.exec(name);
    const location = times === "0" ? url : `/to/${times - 1}/${encodeURIComponent(url)}`;
    return response.writeHead(302, { Location: location }).end();
  }
  return response.writeHead(404).end();
}

/* {host, port, url, asked: the paths so far}. */
export async function startMirror(t, host = "127.0.0.2", respond = answer) {
  const asked = [];
  const server = http.createServer((request, response) => {
    asked.push(request.url);
    response.on("error", () => {});
    respond(request, response);
  });
  server.on("clientError", (_, socket) => socket.destroy());
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, host, resolve);
  });
  defer(t, () => {
    server.closeAllConnections?.();
    server.close();
  });
  const { port } = server.address();
  return { host, port, url: `http://${host}:${port}`, asked };
}

/* What frugald needs to be told to fetch from there, and from nowhere else that is private. */
export const allow = (mirror) => ["--fetch-allow", `${mirror.host}/32`,
  "--fetch-ports", String(mirror.port)];

/* The body of a request for a data set: good files, but for what `change` says. */
export function wanted(mirror, name, change = {}) {
  const files = Object.fromEntries(Object.entries(FILES).map(([key, file]) =>
    [key, { url: `${mirror.url}/good/${file}`, sha256: sha256(good[file]) }]));
  return { name, files: { ...files, ...change } };
}
