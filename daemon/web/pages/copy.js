"use strict";
// A button beside each address that may be copied: the page works without it.
for (const code of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break; // plain http from elsewhere: browsers allow it to nobody
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = code.dataset.copy;
  button.setAttribute("aria-label", code.dataset.copy + ": " + code.textContent);
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(code.textContent);
    button.textContent = code.dataset.copied;
  });
  code.after(button);
}
