// Facts that rows need only when they are seen: asked for together, kept once known.

const WAIT_MS = 30;
const RETRY_MS = 5000;
const TOGETHER = 100;
const MOST = 2000; // kept at the same time

export class Lazy {
  #known = new Map();
  #wanted = new Set();
  #load;
  #signal;
  #changed;
  #timer = 0;

  /* load(keys) -> Map; changed() when more is known */
  constructor(load, signal, changed) {
    this.#load = load;
    this.#signal = signal;
    this.#changed = changed;
  }

  /* The fact, or undefined until it is known. */
  get(key) {
    if (!this.#known.has(key)) {
      this.#wanted.add(key);
      this.#timer ||= setTimeout(() => this.#loadWanted(), WAIT_MS);
    }
    return this.#known.get(key);
  }

  forget(key) {
    this.#known.delete(key);
  }

  async #loadWanted() {
    const keys = [...this.#wanted].slice(0, TOGETHER);
    if (this.#known.size > MOST) this.#known.clear();
    try {
      const found = await this.#load(keys);
      for (const key of keys) this.#known.set(key, found.get(key) ?? null);
    } catch { // what is missing stays empty, and is asked for again
      await new Promise((resolve) => { setTimeout(resolve, RETRY_MS); });
    }
    for (const key of keys) this.#wanted.delete(key);
    this.#timer = 0;
    if (!this.#signal.aborted) this.#changed();
  }
}
