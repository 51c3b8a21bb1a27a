// Users and their tokens. The text of a token is shown once, and kept nowhere.

import { get, order } from "./api.js";
import { ask, say } from "./confirm.js";
import { h, patch } from "./dom.js";
import { accountForms } from "./admin_forms.js";
import { tokenTable, userTable } from "./admin_tables.js";
import { link } from "./router.js";
import { tried } from "./verbs.js";

export class AccountsPanel {
  #signal;
  #poke;
  #me;

  constructor(signal, poke, me) {
    this.#signal = signal;
    this.#poke = poke;
    this.#me = me;
    this.users = h("div", { onchange: (event) => this.#setRole(event.target),
      onclick: (event) => this.#deleteUser(event.target) });
    this.tokens = h("div", { onclick: (event) => this.#revoke(event.target) });
    this.fresh = h("div");
    this.forms = accountForms((body) => this.#makeToken(body), (body) => this.#makeUser(body));
    this.element = h("div", { hidden: true },
      h("section", null, h("h2", null, "Users"), h("p", { class: "help" }, "A reader looks at " +
        "everything; a user also submits jobs and changes his own; an admin may do everything."),
      this.users, this.forms.user),
      h("section", null, h("h2", null, "Tokens"), h("p", { class: "help" }, "Whoever has the " +
        "text of a token may do what its user may. The server keeps only its hash."),
      this.fresh, this.forms.token, this.tokens));
  }

  async load(params) {
    const [users, tokens] = await Promise.all(["/v1/users", "/v1/tokens"]
      .map((path) => get(path, this.#signal)));
    const all = params.get("tokens") === "all";
    const shown = all ? tokens.items : tokens.items.filter(({ revoked }) => revoked === null);
    const hidden = tokens.items.length - shown.length;
    this.element.hidden = false;
    patch(this.users, userTable(users.items, this.#me().user));
    for (const select of this.users.querySelectorAll("select")) {
      if (document.activeElement !== select) select.value = select.dataset.role;
    }
    patch(this.tokens, tokenTable(shown, this.#me().token),
      hidden > 0 && h("p", null, h("a", { href: link("admin", { tokens: "all" }) },
        `Show ${hidden} revoked, too`)),
      all && h("p", null, h("a", { href: link("admin") }, "Hide what is revoked")));
    this.forms.know(users.items.map(({ name }) => name));
  }

  /* A refusal stands at the form; else what is new is shown, the only time that it can be. */
  async #makeToken(body) {
    const made = await order("POST", "/v1/tokens", body, { signal: this.#signal });
    const close = () => patch(this.fresh);
    this.fresh.replaceChildren(h("div", { class: "fresh command", role: "status" },
      h("p", null, h("b", null, `The token of ${made.user}. `),
        "It is shown this once: keep it now, or send it to its user."),
      h("pre", { tabindex: 0 }, h("code", null, made.token)),
      h("p", { class: "verbs" }, navigator.clipboard && h("button", { type: "button", class: "verb",
        "data-copy": true }, "Copy"),
      h("button", { type: "button", class: "verb", onclick: close }, "I have kept it"))));
    this.#poke();
  }

  async #makeUser(body) {
    await order("POST", "/v1/users", body, { signal: this.#signal });
    say(`${body.name} may have tokens now.`);
    this.#poke();
  }

  async #setRole(select) {
    const { user, role } = select.dataset;
    if (!user) return;
    const body = { role: select.value };
    if (await tried(() => order("PATCH", `/v1/users/${user}`, body))) {
      say(`${user} is ${body.role === "admin" ? "an" : "a"} ${body.role} now.`);
    } else {
      select.value = role;
    }
    select.blur();
    this.#poke();
  }

  async #deleteUser(button) {
    const { remove } = button.dataset;
    if (!remove || !await ask({ title: `Delete ${remove}?`, danger: true, action: "Delete",
      text: "His tokens end at once. His jobs stay, and only admins may change them then." })) {
      return;
    }
    await tried(async () => {
      await order("DELETE", `/v1/users/${remove}`);
      say(`${remove} is gone.`);
    });
    this.#poke();
  }

  async #revoke(button) {
    const { revoke, owner } = button.dataset;
    if (!revoke || !await ask({ title: `Revoke ${revoke}, a token of ${owner}?`, danger: true,
      action: "Revoke", text: "No request with it is served any more, from now on and for good." })) {
      return;
    }
    await tried(async () => {
      await order("DELETE", `/v1/tokens/${revoke}`);
      say(`The token ${revoke} is revoked.`);
    });
    this.#poke();
  }
}
