// Small conveniences on pages that work without them. No dependency, no request, no storage.
"use strict";

// Menus on narrow screens fold behind a button.
for (const button of document.querySelectorAll(".w-nav-toggle")) {
  button.hidden = false;
  button.addEventListener("click", () =>
    button.setAttribute("aria-expanded", String(button.getAttribute("aria-expanded") !== "true")));
}

// Open menus close with Escape, or when one looks elsewhere.
const drops = document.querySelectorAll("details.w-drop");
document.addEventListener("click", (event) => {
  for (const drop of drops) if (!drop.contains(event.target)) drop.open = false;
});
for (const drop of drops) {
  drop.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && drop.open) {
      drop.open = false;
      drop.querySelector("summary").focus();
    }
  });
}

// The summary of errors is read first.
const summary = document.querySelector("[data-focus]");
if (summary) summary.focus();

// A form is sent once, however often the button is pressed.
for (const form of document.querySelectorAll('form[method="post"]')) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
}
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// The desk by keyboard. Off when the reader switched shortcuts off (WCAG 2.1.4).
const keysDialog = document.querySelector(".w-keys");
if (keysDialog) {
  const rows = () => [...document.querySelectorAll("table[data-keys] tbody tr")];
  const active = () => document.querySelector("tr[data-active]");
  const move = (by) => {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(active());
    const next = all[Math.min(all.length - 1, Math.max(0, at + by))];
    for (const row of all) row.removeAttribute("data-active");
    next.dataset.active = "";
    const link = next.querySelector("a[href]");
    (link || next).focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  };
  const acts = {
    j: () => move(1),
    k: () => move(-1),
    "/": () => document.querySelector('[data-key="/"]')?.focus(),
    "?": () => keysDialog.showModal(),
  };
  const opener = document.querySelector("[data-keys-open]");
  if (opener) {
    opener.hidden = false;
    opener.addEventListener("click", acts["?"]);
  }
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable], dialog");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || "keysOff" in document.body.dataset) return;
    const named = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (event.key in acts) acts[event.key]();
    else if (named) named.click();
    else if (event.key === "Enter" && event.target === document.body && active()) active().querySelector("a[href]")?.click();
    else return;
    event.preventDefault();
  });
}
