// The token of the person at the page. It lives as long as the tab, and never in a cookie or
// in what stays behind: so no other site can use it, and no other person.

const KEY = "token";

let asking = null; // a promise, while the box is open
let optional = false; // the server serves those without a token, too

export function authorization() {
  const token = sessionStorage.getItem(KEY);
  return token ? { Authorization: `Bearer ${token}` } : {};
}

/* Asks for a token, once for all requests that were refused with `refused`, and resolves when
   there is another one, or none where none is needed. */
export function logIn(refused) {
  if (!asking && authorization().Authorization !== refused) return Promise.resolve();
  return askOnce(refused !== undefined);
}

/* The same where nothing was refused: on a server that needs no token. */
export function offerLogIn() {
  optional = true;
  return askOnce(false);
}

/* What this person has written goes with the token. */
export function logOut() {
  sessionStorage.clear();
  location.hash = "#/";
  location.reload();
}

function askOnce(wasWrong) {
  asking ??= ask(wasWrong).finally(() => { asking = null; });
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
      const given = field.checkValidity();
      if (!given && !optional) { // Escape: without a token there is nothing to see
        dialog.showModal();
        return;
      }
      dialog.removeEventListener("close", closed);
      if (given) sessionStorage.setItem(KEY, field.value.trim());
      field.value = "";
      window.dispatchEvent(new Event("account"));
      resolve();
    });
  });
}
