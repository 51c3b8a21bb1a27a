// Certificates that are good for an hour or two, made by openssl.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

/* A certificate for localhost and perhaps another host, signed by itself: {cert, key} are files, `pem` its text. */
export function certificate(folder, name = "server", host = null) {
  const [cert, key] = [path.join(folder, `${name}.crt`), path.join(folder, `${name}.key`)];
  execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt",
    "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out", cert, "-days", "2",
    "-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:localhost,IP:127.0.0.1${host ? `,DNS:${host}` : ""}`],
  { stdio: "ignore" });
  fs.chmodSync(key, 0o600);
  return { cert, key, pem: fs.readFileSync(cert, "utf8") };
}
