// A proxy on loopback that loses requests, or their answers, on the way.
import http from "node:http";
import { defer } from "./cleanup.mjs";

/* `target()` is the address of the server now; `fate()` says what happens to the next
   request: "request" or "answer" gets lost, anything else gets through. {url, keys: the
   Idempotency-Key of each request that came}. */
export async function lossyProxy(t, target, fate) {
  const keys = [];
  const proxy = http.createServer((request, response) => {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      keys.push(request.headers["idempotency-key"]);
      const lost = fate();
      if (lost === "request") return request.socket.destroy();
      const url = new URL(target());
      const onward = http.request(new URL(request.url, url), { method: request.method,
        headers: { ...request.headers, host: url.host }, agent: false }, (answer) => {
        answer.on("error", () => request.socket.destroy());
        if (lost === "answer") return answer.resume().on("end", () => request.socket.destroy());
        response.writeHead(answer.statusCode, answer.headers);
        return answer.pipe(response);
      });
      onward.on("error", () => request.socket.destroy());
      return onward.end(Buffer.concat(parts));
    });
  });
  await new Promise((resolve) => { proxy.listen(0, "127.0.0.1", resolve); });
  defer(t, () => {
    proxy.closeAllConnections?.();
    proxy.close();
  });
  return { url: `http://127.0.0.1:${proxy.address().port}`, keys };
}
