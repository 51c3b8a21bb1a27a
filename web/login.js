// The token of the person at the page. It lives as long as the tab, and never in a cookie or
// in what stays behind: so no other site can use it, and no other person.

const KEY = "token";

let asking = null; // a promise, while the box is open

export function authorization() {
  const token = sessionStorage.getItem(KEY);
  return token ? { Authorization: `Bearer ${token}` } : {};
}

/* Asks for a token, once for all requests that were refused with `refused`, and resolves when
   there is another one. */
export function logIn(refused) {
  if (!asking && authorization().Authorization !== refused) return Promise.resolve();
  asking ??= ask(refused !== undefined).finally(() => { asking = null; });
  return asking;
}

function ask(wasWrong) {
  const dialog = document.getElementById("login");
  const field = dialog.querySelector("input");
  dialog.querySelector("[role=alert]").textContent = wasWrong
    ? "The server does not know this token, or it has expired or been revoked." : "";
  sessionStorage.removeItem(KEY);
  field.value = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", function closed() {
      if (!field.checkValidity()) { // Escape: without a token there is nothing to see
        dialog.showModal();
        return;
      }
      dialog.removeEventListener("close", closed);
      sessionStorage.setItem(KEY, field.value.trim());
      field.value = "";
      resolve();
    });
  });
}
