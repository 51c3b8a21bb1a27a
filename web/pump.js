// Work that events ask for more often than it is worth doing.

const RETRY_MS = 5000;
const SHARE = 4; // of the time at least so many parts are rest

/* poke() runs `work` soon: never twice at once, never more often than `interval` ms, and
   never so often that a slow answer keeps the server busy. After an error failed(error) decides whether to try again a little later. */
export function pump(work, interval, signal, failed) {
  let wanted = false;
  let busy = false;

  async function run() {
    busy = true;
    wanted = false;
    const began = performance.now();
    let rest = interval;
    try {
      await work();
      rest = Math.max(interval, SHARE * (performance.now() - began));
    } catch (error) {
      if (signal.aborted) return;
      if (failed(error)) wanted = true;
      rest = RETRY_MS;
    }
    setTimeout(next, rest);
  }

  function next() {
    busy = false;
    if (wanted && !signal.aborted) run();
  }

  return function poke() {
    wanted = true;
    if (!busy && !signal.aborted) run();
  };
}

/* A function that calls `draw` now, or as soon as the last call is `interval` ms ago. */
export function calmly(draw, interval, signal) {
  let last = -Infinity;
  let timer = 0;
  const run = () => {
    timer = 0;
    last = performance.now();
    if (!signal.aborted) draw();
  };
  return () => {
    if (timer) return;
    const rest = last + interval - performance.now();
    if (rest <= 0) run();
    else timer = setTimeout(run, rest);
  };
}

/* Does `work` at once, for a person who waits for it; after an error as pump() does. */
export function now(work, signal, failed) {
  work().catch((error) => {
    if (signal.aborted || !failed(error)) return;
    setTimeout(() => signal.aborted || now(work, signal, failed), RETRY_MS);
  });
}

/* Calls `work` for every item, at most `limit` at a time. */
export async function eachOf(items, limit, work) {
  const queue = [...items];
  const worker = async () => {
    while (queue.length > 0) await work(queue.shift());
  };
  await Promise.all(Array.from({ length: Math.min(limit, queue.length) }, worker));
}
