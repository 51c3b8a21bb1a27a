// Who the server takes the person at the page for, at the top of every view.

import { get } from "./api.js";
import { h, patch } from "./dom.js";
import { logOut, offerLogIn } from "./login.js";

const LATER_MS = 10000;

export function showAccount() {
  const place = document.getElementById("account");
  const out = h("button", { type: "button", class: "plain", onclick: logOut }, "Log out");
  const into = h("button", { type: "button", class: "plain", onclick: offerLogIn }, "Log in");
  async function show() {
    try {
      const { user, role, token } = await get("/v1/me");
      if (token === null) place.replaceChildren(into);
      else place.replaceChildren(h("span", { title: `token ${token}` }, `${user}, ${role}`), out);
    } catch {
      patch(place); // the view says what is wrong
      setTimeout(show, LATER_MS);
    }
  }
  window.addEventListener("account", show);
  show();
}
