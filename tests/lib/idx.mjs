// Small data sets in the format of MNIST, the same bytes every time.
import fs from "node:fs";
import path from "node:path";
import zlib from "node:zlib";

export function idx(sizes, bytes, { type = 0x08, magic = 0 } = {}) {
  const head = Buffer.alloc(4 + 4 * sizes.length);
  head.writeUInt16BE(magic, 0);
  head[2] = type;
  head[3] = sizes.length;
  sizes.forEach((size, i) => head.writeUInt32BE(size, 4 + 4 * i));
  return Buffer.concat([head, bytes]);
}

/* Numbers below n; a fixed sequence for each seed. */
export function numbers(seed) {
  let state = BigInt(seed) * 2862933555777941757n + 3037000493n;
  return (n) => {
    state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n);
    return Number((state >> 33n) % BigInt(n));
  };
}

/* Each class lights its own quarter of the image, with noise on everything. */
function examples(count, { height, width, classes, noise }, next) {
  const images = Buffer.alloc(count * height * width);
  const labels = Buffer.alloc(count);
  for (let i = 0; i < count; i += 1) {
    const label = i < classes ? i : next(classes);
    labels[i] = label;
    for (let p = 0; p < height * width; p += 1) {
      const y = Math.floor(p / width);
      const quarter = (y < height / 2 ? 0 : 2) + (p % width < width / 2 ? 0 : 1);
      const light = quarter === label % 4 ? 90 : 0;
      images[i * height * width + p] = next(4) === 0 ? 0
        : Math.min(255, light + next(noise));
    }
  }
  return { images, labels };
}

export const STANDARD = { train: 600, test: 200, height: 8, width: 8, classes: 4,
  noise: 160, seed: 7, gzip: false };

/* The four files of a data set, by the name of each. */
export function setFiles(options = {}) {
  const o = { ...STANDARD, ...options };
  const next = numbers(o.seed);
  const train = examples(o.train, o, next);
  const test = examples(o.test, o, next);
  return {
    "train-images-idx3-ubyte": idx([o.train, o.height, o.width], train.images),
    "train-labels-idx1-ubyte": idx([o.train], train.labels),
    "t10k-images-idx3-ubyte": idx([o.test, o.height, o.width], test.images),
    "t10k-labels-idx1-ubyte": idx([o.test], test.labels),
  };
}

/* folder/name with the four files. `change` gets the files before they are written. */
export function makeSet(folder, name, options = {}, change = (files) => files) {
  const files = change(setFiles(options)) ;
  const place = path.join(folder, name);
  fs.mkdirSync(place, { recursive: true });
  for (const [file, bytes] of Object.entries(files)) {
    const tail = options.gzip ? ".gz" : "";
    fs.writeFileSync(path.join(place, file + tail),
      options.gzip ? zlib.gzipSync(bytes) : bytes);
  }
  return place;
}
