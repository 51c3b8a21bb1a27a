// Looking after the server: workers, disk, backups; and who may do what.

import { AccountsPanel } from "./admin_accounts.js";
import { ServerPanel } from "./admin_server.js";
import { get } from "./api.js";
import { h, patch } from "./dom.js";
import { follow } from "./events.js";
import { problemBox } from "./parts.js";
import { pump } from "./pump.js";

const REFRESH_MS = 1000;

export function openAdmin(main, route) {
  const life = new AbortController();
  const { signal } = life;
  const problem = h("div");
  const who = h("p", { class: "pulse" }, "Loading…");
  const places = h("div", { class: "admin", hidden: true });
  let { params } = route;
  let me = null;

  const load = async () => {
    me ??= await get("/v1/me", signal);
    await Promise.all([server.load(), me.role === "admin" && accounts.load(params)]);
    places.hidden = false;
    patch(problem);
    patch(who, whoText(me));
  };
  const poke = pump(load, REFRESH_MS, signal, (error) => {
    patch(problem, problemBox(error, !places.hidden));
    if (places.hidden) patch(who);
    return true;
  });
  const server = new ServerPanel(signal, poke, () => me.role === "admin");
  const accounts = new AccountsPanel(signal, poke, () => me);
  places.append(server.element, accounts.element);
  main.replaceChildren(h("article", null,
    h("div", { class: "home-head" }, h("h1", null, "Admin"), who), problem, places));
  const event = (type) => type !== "trace" && poke();
  follow("/v1/events", signal, { opened: poke, lost: poke, event });
  return {
    update(next) {
      ({ params } = next);
      poke();
    },
    close: () => life.abort(),
  };
}

function whoText({ user, role, token }) {
  if (token === null) return "This server asks for no token: whoever reaches it may do everything.";
  return `You are ${user}, ${role === "admin" ? "an admin" : `a ${role}: only admins change things here`}.`;
}
