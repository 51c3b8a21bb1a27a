// The forms that make tokens and users. Errors of the server stand at their fields.

import { h, patch } from "./dom.js";

/* Each function gets a body to send, and may throw a Problem. */
export function accountForms(makeToken, makeUser) {
  const names = h("datalist", { id: "user-names" });
  const token = form("New token", makeToken, {
    user: text("user", { required: true, list: "user-names", maxlength: 64 }),
    role: select("role, for a new user", ["", "reader", "worker", "admin"]),
    name: text("what it is for", { maxlength: 100 }),
    expires_days: text("expires after days", { inputmode: "numeric", placeholder: "never" }),
  });
  const user = form("New user", makeUser, {
    name: text("name", { required: true, maxlength: 64 }),
    role: select("role", ["", "reader", "worker", "admin"]),
  });
  token.append(names);
  return { token, user,
    know: (known) => patch(names, known.map((name) => h("option", { value: name }))) };
}

function form(title, make, fields) {
  const error = h("p", { class: "field-error", role: "alert" });
  const button = h("button", { class: "verb" }, title);
  const element = h("form", { class: "admin-form", "aria-label": title, autocomplete: "off" },
    Object.values(fields).map(({ label }) => label), button, error);
  element.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    error.textContent = "";
    try {
      await make(bodyOf(fields));
      element.reset();
    } catch (problem) {
      error.textContent = [problem.message, ...(problem.errors ?? []).map(({ pointer, detail }) =>
        `${pointer.slice(1).replaceAll("_", " ")} ${detail}.`)].join(" ");
    } finally {
      button.disabled = false;
    }
  });
  return element;
}

/* What is left empty is left out; days are a number where they look like one. */
function bodyOf(fields) {
  const given = Object.entries(fields).map(([name, { input }]) => [name, input.value.trim()])
    .filter(([, value]) => value !== "");
  return Object.fromEntries(given.map(([name, value]) =>
    [name, name === "expires_days" && /^\d+$/.test(value) ? Number(value) : value]));
}

function text(name, attributes) {
  const input = h("input", { type: "text", spellcheck: "false", autocomplete: "off", ...attributes });
  return { input, label: h("label", null, name, input) };
}

/* Nothing stands for "user", which is what the server takes then. */
function select(name, values) {
  const input = h("select", null, values.map((value) => h("option", { value }, value || "user")));
  return { input, label: h("label", null, name, input) };
}
