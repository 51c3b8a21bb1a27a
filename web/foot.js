// Which frugal it is, at the foot of every view.

import { get } from "./api.js";

export async function showVersion() {
  try {
    const { version } = await get("/healthz");
    document.getElementById("version").textContent = `frugal ${version}`;
  } catch {
    // the view says what is wrong
  }
}
