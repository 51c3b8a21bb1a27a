// Our statistics against NumPy and SciPy, on random samples of all sizes, scales and offsets.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import path from "node:path";
import test from "node:test";
import * as paths from "../lib/paths.mjs";

const SEED = Number(process.env.FRUGAL_SEED ?? 1);
const SAMPLES = 400;
const NAMES = ["n", "missed", "mean", "sd", "sem", "median", "min", "max", "at_least"];

/* Writes samples to stdout, or reads them and says what they should give. */
const PYTHON = `
import sys
import numpy as np
from scipy import stats

def samples(seed, count):
    r = np.random.default_rng(seed)
    for _ in range(count):
        n, missed = int(r.integers(0, 60)), int(r.integers(0, 4)) * int(r.integers(0, 2))
        scale, offset = 10 ** r.uniform(-6, 9), r.choice([0, 1e3, -1e9]) * r.random()
        x = r.choice([r.normal, r.lognormal, r.standard_cauchy])(size=n) * scale + offset
        if n and r.random() < 0.2:
            x[:] = x[0]
        top = x.max() if n else 0
        yield n, missed, x, top + r.random(missed) * scale

def text(values):
    return " ".join("nan" if np.isnan(v) else repr(float(v)) for v in values)

given = list(samples(int(sys.argv[2]), int(sys.argv[3])))
for n, missed, x, floor in given:
    if sys.argv[1] == "samples":
        print(n, missed, *[repr(float(v)) for v in x], *[repr(float(v)) for v in floor])
        continue
    nan, all_values = np.nan, np.concatenate([x, floor])
    whole = n > 0 and missed == 0
    with_missed = np.concatenate([x, np.full(missed, np.inf)])
    median = np.median(with_missed) if n else nan
    print(text([n, missed,
        x.mean() if whole else nan,
        x.std(ddof=1) if whole and n > 1 else nan,
        stats.sem(x) if whole and n > 1 else nan,
        median if np.isfinite(median) else nan,
        x.min() if n else nan,
        x.max() if whole else nan,
        all_values.mean() if missed else nan]))
`;

const python = (what) => execFileSync("/usr/bin/python3",
  ["-c", PYTHON, what, String(SEED), String(SAMPLES)], { maxBuffer: 1 << 28 }).toString();
const rows = (text) => text.trim().split("\n").map((line) => line.split(" ").map(Number));

test(`statistics are those of NumPy and SciPy to 1e-12 (seed ${SEED})`, () => {
  const input = python("samples");
  const given = rows(input);
  const ours = rows(execFileSync(path.join(paths.build, "tests", "statistics"), { input }).toString());
  const wanted = rows(python("statistics"));
  assert.deepEqual([ours.length, wanted.length], [SAMPLES, SAMPLES]);
  for (let i = 0; i < SAMPLES; i += 1) {
    const size = Math.max(...given[i].slice(2).map(Math.abs), Number.MIN_VALUE);
    NAMES.forEach((name, k) => {
      const [a, b] = [ours[i][k], wanted[i][k]];
      const off = Object.is(a, b) || Number.isNaN(a + b) ? 0 : Math.abs(a - b) / size;
      assert.ok(Number.isNaN(a) === Number.isNaN(b) && off <= 1e-12,
        `sample ${i} (n = ${given[i][0]}), ${name}: ${a}, not ${b}`);
    });
  }
});
