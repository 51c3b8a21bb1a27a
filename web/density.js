// How many points the server shall make of a curve: enough for what is visible, and never more
// than it makes.

const ACROSS = 150; // points across what is visible
const PER_DECADE = [20, 50, 100, 200, 500];
const FEW = 1000; // evaluations of a run that need no coarser grid
const MOST = 8000; // points of a curve; the server makes 10,000

/* The part of a query that says so. log: the axis; span: [from, to] of a zoom, or null;
   longest: samples of the longest run; every: samples between two evaluations. */
export function densityOf({ log, span }, { longest, every }) {
  if (log) {
    const wanted = span ? ACROSS / Math.log10(span[1] / span[0]) : PER_DECADE[0];
    return { per_decade: PER_DECADE.find((n) => n >= wanted) ?? PER_DECADE.at(-1) };
  }
  if (longest / every <= FEW) return {};
  const wanted = span ? (span[1] - span[0]) / ACROSS : longest / (2 * ACROSS);
  return { step: roundUp(Math.max(wanted, longest / MOST, every)) };
}

/* To 1, 2 or 5 times a power of ten, so that a run that grows keeps its grid for a while. */
function roundUp(value) {
  const unit = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].find((factor) => factor * unit >= value * 0.999) * unit;
}
