// The wire format of server-sent events: text chunks in, {id, type, data} out.

const LINE_CAP = 1 << 20;

export class EventParser {
  #rest = "";
  #fields = {};
  retry = null;

  push(chunk) {
    const events = [];
    const lines = (this.#rest + chunk).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop();
    if (this.#rest.length > LINE_CAP) throw new Error("event line too long");
    for (const line of lines) {
      const event = line === "" ? this.#dispatch() : this.#field(line);
      if (event) events.push(event);
    }
    return events;
  }

  /* A line that starts with ":" has an empty name: a comment, the heartbeat. */
  #field(line) {
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "data") (this.#fields.data ??= []).push(value);
    else if (name === "event" || name === "id") this.#fields[name] = value;
    else if (name === "retry" && /^\d+$/.test(value)) this.retry = Number(value);
    return null;
  }

  #dispatch() {
    const { id = null, event = "message", data = [] } = this.#fields;
    this.#fields = {};
    const text = data.join("\n");
    return text === "" ? null : { id, type: event, data: text };
  }
}
