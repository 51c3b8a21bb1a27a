// Clients that take their time: each comes back when it is cut off, until all are let go.
import net from "node:net";

const HEAD = "POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" +
  "Content-Length: 200000\r\n\r\n";

/* What a client says at once, byte after byte (one in half a second), and whether it reads. */
const KINDS = {
  header: { text: "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: ", drip: "x" },
  body: { text: HEAD, drip: " " },
  deaf: { text: "GET /openapi.yaml HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(200), deaf: true },
  idle: { text: "" },
};

/* So many of each kind, from four addresses: {connected, ends, close}. */
export function slowClients(port, counts) {
  const sockets = new Set();
  const state = { connected: 0, ends: 0, over: false };
  const open = ({ text, drip, deaf }, localAddress) => {
    const socket = net.connect({ port, host: "127.0.0.1", localAddress });
    sockets.add(socket);
    const timer = setInterval(() => drip && !socket.destroyed && socket.write(drip), 500);
    socket.on("connect", () => {
      state.connected += 1;
      socket.write(text);
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      clearInterval(timer);
      sockets.delete(socket);
      state.ends += 1;
      if (!state.over) setTimeout(open, 200, { text, drip, deaf }, localAddress);
    });
    if (!deaf) socket.resume();
    else socket.pause();
  };
  let n = 0;
  for (const [kind, count] of Object.entries(counts)) {
    for (let i = 0; i < count; i += 1) open(KINDS[kind], `127.0.0.${10 + (n += 1) % 4}`);
  }
  return Object.assign(state, { close() {
    state.over = true;
    for (const socket of sockets) socket.destroy();
  } });
}
