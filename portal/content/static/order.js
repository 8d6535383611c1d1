// The order of a folder: rows are dragged by their handle with a mouse or a finger; the buttons "up" and "down" move a row
// without leaving the page. Each move is told. Without this script the same buttons send their forms.
"use strict";
(() => {
  const said = document.querySelector("[data-order-said]");
  const body = said && document.querySelector("[data-order]")?.closest("tbody");
  if (!body) return;
  let chain = Promise.resolve();

  const post = (row, fields) => {
    const form = row.querySelector("[data-order] form");
    const data = new FormData(form);
    for (const [name, value] of Object.entries(fields)) data.set(name, value);
    chain = chain.then(async () => {
      try {
        const answer = await fetch(form.action, { method: "POST", body: data, headers: { Accept: "application/json" }, redirect: "manual" });
        const news = await answer.json();
        if (!answer.ok) throw new Error(news.detail || "");
        said.textContent = news.said;
      } catch (problem) {
        said.textContent = `${said.dataset.orderFailed} ${problem instanceof SyntaxError ? "" : problem.message}`.trim();
        body.dataset.stale = "1";
      }
    });
  };

  const toPlace = (row) => {
    const before = row.nextElementSibling;
    const other = before || row.previousElementSibling;
    if (other) post(row, { how: before ? "before" : "after", other: other.dataset.orderItem });
  };

  body.addEventListener("submit", (event) => {
    const row = event.target.closest("tr");
    const how = event.target.elements.how?.value;
    const other = how === "up" ? row.previousElementSibling : how === "down" ? row.nextElementSibling : null;
    if (!other || body.dataset.stale) return;
    event.preventDefault();
    const button = event.submitter;
    if (how === "up") other.before(row); else other.after(row);
    button.focus();
    post(row, { how });
  });

  let dragged = null;
  let began = null;
  const end = (keep) => {
    if (!dragged) return;
    dragged.classList.remove("e-dragged");
    if (!keep) body.insertBefore(dragged, began);
    else if (dragged.nextElementSibling !== began) toPlace(dragged);
    dragged = null;
  };
  // The whole page listens: a row that is moved in it loses the pointer.
  document.addEventListener("pointermove", (event) => {
    if (!dragged) return;
    const over = [...body.rows].find((one) => {
      const frame = one.getBoundingClientRect();
      return one !== dragged && event.clientY >= frame.top && event.clientY <= frame.bottom;
    });
    if (!over) return;
    const frame = over.getBoundingClientRect();
    if (event.clientY < frame.top + frame.height / 2) over.before(dragged); else over.after(dragged);
  });
  document.addEventListener("pointerup", () => end(true));
  document.addEventListener("pointercancel", () => end(false));
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") end(false); });

  for (const row of body.rows) {
    const handle = document.createElement("span");
    handle.className = "e-handle";
    handle.setAttribute("aria-hidden", "true");
    handle.title = said.dataset.orderHandle;
    handle.textContent = "⠿";
    row.querySelector("[data-order]").prepend(handle);
    handle.addEventListener("pointerdown", (event) => {
      if (body.dataset.stale) return;
      dragged = row;
      began = row.nextElementSibling;
      row.classList.add("e-dragged");
      event.preventDefault();
    });
  }
})();
