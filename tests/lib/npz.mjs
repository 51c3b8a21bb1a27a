// Reads the arrays of a .npz file: ZIP by its central directory, NumPy's format 1.0.
import assert from "node:assert/strict";
import zlib from "node:zlib";

const END = 0x06054b50; // signatures of ZIP
const ENTRY = 0x02014b50;
const TYPES = { "<f4": Float32Array, "<u4": Uint32Array };

function contents(bytes, entry) {
  const method = bytes.readUInt16LE(entry + 10);
  const [size, length] = [bytes.readUInt32LE(entry + 20), bytes.readUInt32LE(entry + 24)];
  const local = bytes.readUInt32LE(entry + 42);
  const from = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
  const packed = bytes.subarray(from, from + size);
  const data = method === 0 ? packed : zlib.inflateRawSync(packed);
  assert.equal(data.length, length);
  return { method, data };
}

function array({ method, data }) {
  assert.equal(data.subarray(0, 8).toString("latin1"), "\x93NUMPY\x01\x00");
  const start = 10 + data.readUInt16LE(8);
  assert.equal(start % 64, 0);
  const header = data.subarray(10, start).toString("latin1");
  const [, descr, shape] = /^\{'descr': '(...)', 'fortran_order': False, 'shape': \((.*)\), \} *\n$/
    .exec(header);
  const values = new TYPES[descr](Uint8Array.from(data.subarray(start)).buffer);
  return { descr, shape: shape.split(", ").map(Number), values, method };
}

/* {name: {descr, shape, values, method}} in the order of the archive. */
export function readNpz(bytes) {
  const end = bytes.length - 22;
  assert.equal(bytes.readUInt32LE(end), END);
  const arrays = {};
  let at = bytes.readUInt32LE(end + 16);
  for (let n = bytes.readUInt16LE(end + 10); n > 0; n -= 1) {
    assert.equal(bytes.readUInt32LE(at), ENTRY);
    const length = bytes.readUInt16LE(at + 28);
    const name = bytes.subarray(at + 46, at + 46 + length).toString();
    arrays[name.replace(/\.npy$/, "")] = array(contents(bytes, at));
    at += 46 + length + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return arrays;
}
