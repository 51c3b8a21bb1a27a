// Buttons that copy: data-copy holds the text, or nothing for the <code> that they belong to.

const SAID_MS = 2000;

export function copyOnClick() {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const text = button.dataset.copy || button.closest(".command").querySelector("code").textContent;
    button.textContent = await copied(text) ? "Copied" : "Not allowed";
    setTimeout(() => { button.textContent = "Copy"; }, SAID_MS);
  });
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
