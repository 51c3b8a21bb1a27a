// Bytes to a socket and back: for requests that no proper client would send.
import net from "node:net";

/* Sends the parts one after the other and reads until the peer closes, or until nothing
   has come for `quiet` ms. {text, closed, ms, heads}: heads are the status codes of the
   responses that came. */
export function exchange(port, parts, { quiet = 400, limit = 15000, keep = true,
  localAddress } = {}) {
  return new Promise((resolve) => {
    const began = Date.now();
    const socket = net.connect({ port, host: "127.0.0.1", localAddress,
      allowHalfOpen: keep });
    const chunks = [];
    let timer = null;
    let over = false;
    const end = (closed) => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      clearTimeout(last);
      socket.destroy();
      const text = Buffer.concat(chunks).toString("latin1");
      resolve({ text, closed, ms: Date.now() - began, heads: heads(text) });
    };
    const last = setTimeout(() => end(false), limit);
    const rest = () => {
      clearTimeout(timer);
      timer = setTimeout(() => end(false), quiet);
    };
    socket.on("data", (data) => { chunks.push(data); rest(); });
    socket.on("error", () => end(true));
    socket.on("end", () => end(true));
    socket.on("close", () => end(true));
    socket.on("connect", async () => {
      for (const part of [parts].flat()) {
        if (over) return;
        await new Promise((go) => socket.write(part, () => go()));
      }
      rest();
    });
  });
}

function heads(text) {
  return [...text.matchAll(/HTTP\/1\.[01] (\d{3}) /g)].map(([, code]) => Number(code));
}

/* Whether the peer closes within `ms`. */
export function closes(port, bytes, ms) {
  return exchange(port, bytes, { quiet: ms, limit: ms }).then(({ closed }) => closed);
}
