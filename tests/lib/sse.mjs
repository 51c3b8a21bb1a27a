// A reader of /v1/events that keeps everything it hears.
import http from "node:http";
import https from "node:https";
import { defer, until } from "./cleanup.mjs";
import * as contract from "./contract.mjs";

export class Events {
  events = [];
  comments = [];
  retry = null;
  closed = false;
  #request = null;
  #rest = "";
  #event = {};

  /* Resolves once the headers are there. */
  static open(t, url, headers = {}, more = {}) {
    const stream = new Events();
    defer(t, () => stream.close());
    return new Promise((resolve, reject) => {
      const { get } = url.startsWith("https:") ? https : http;
      stream.#request = get(url, { agent: false, headers, ...more }, (response) => {
        contract.check("GET", url, { status: response.statusCode, headers: response.headers })
          .catch(reject);
        stream.status = response.statusCode;
        stream.headers = response.headers;
        response.setEncoding("utf8");
        response.on("data", (text) => stream.#take(text));
        response.on("close", () => { stream.closed = true; });
        response.on("error", () => { stream.closed = true; });
        resolve(stream);
      });
      stream.#request.on("error", reject);
    });
  }

  #take(text) {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop();
    for (const line of lines) this.#line(line);
  }

  #line(line) {
    if (line === "") {
      if (this.#event.type) this.events.push({ ...this.#event,
        data: JSON.parse(this.#event.data) });
      this.#event = {};
      return;
    }
    const [name, value] = [line.split(":", 1)[0], line.replace(/^[^:]*: ?/, "")];
    if (name === "") this.comments.push(value);
    if (name === "retry") this.retry = Number(value);
    if (name === "id") this.#event.id = Number(value);
    if (name === "event") this.#event.type = value;
    if (name === "data") this.#event.data = value;
  }

  /* The first event that fits, which may still have to come. */
  wait(fits, what, ms = 30000) {
    return until(() => this.events.find(fits), what, ms);
  }

  ended(ms = 15000) {
    return until(() => this.closed, "the end of the event stream", ms);
  }

  close() {
    this.#request.destroy();
  }

  /* Ends the connection with a reset instead of a proper close. */
  reset() {
    this.#request.socket?.resetAndDestroy();
  }
}

/* The numbers without a gap from the first to the last. */
export function gapless(ids) {
  return ids.every((id, i) => i === 0 || id === ids[i - 1] + 1);
}
