// Many files at once, one request each, so that every file has its own bar and its own result. What could not be sent stays
// here and is sent again by its button, with the same key: a file that came although its answer was lost comes once.
// Without this script the form sends them together.
"use strict";
(() => {
  const form = document.querySelector("[data-bulk]");
  const list = document.querySelector("[data-bulk-list]");
  const said = document.querySelector("[data-bulk-said]");
  if (!form || !list) return;
  const words = form.dataset;
  const token = form.querySelector("[name=csrf_token]");
  const button = form.querySelector("button[type=submit]");
  const key = form.querySelector("[name=form_key]").value;
  let under = 0, lines = 0;

  const make = (name, text) => Object.assign(document.createElement(name), { textContent: text });

  // The session may have ended and begun anew in another tab: its token is another one.
  const renewToken = async () => {
    try {
      const answer = await fetch("/redakcja/zeton", { redirect: "manual" });
      if (answer.ok) token.value = (await answer.json()).token;
    } catch { /* still no connection: the next request says so */ }
  };

  const lineOf = (file) => {
    const line = document.createElement("li");
    const bar = Object.assign(document.createElement("progress"), { max: 100, value: 0 });
    const result = document.createElement("span");
    bar.setAttribute("aria-label", file.name);
    line.append(make("span", `${file.name} `), bar, " ", result);
    list.append(line);
    lines += 1;
    return { file, bar, result, key: `${key}-${lines}` };
  };

  const refuse = ({ bar, result }, why) => {
    bar.remove();
    result.replaceChildren(make("strong", words.bulkRefused), `: ${why}`);
    return false;
  };

  const lost = (line) => {
    const again = Object.assign(make("button", words.bulkAgain), { type: "button", className: "btn btn-outline-primary btn-sm" });
    again.append(Object.assign(make("span", ` ${line.file.name}`), { className: "visually-hidden" }));
    line.bar.value = 0;
    line.result.replaceChildren(make("strong", words.bulkWaits), `: ${words.bulkLost} `, again);
    again.addEventListener("click", async () => {
      await renewToken();
      line.result.replaceChildren();
      line.bar.focus();
      tell(await send(line), 1);
    });
    return false;
  };

  const finish = (line, wire) => {
    let answer = null;
    try { answer = JSON.parse(wire.responseText); } catch { return lost(line); }
    const one = answer.results && answer.results[0];
    if (one && one.item) {
      const link = Object.assign(make("a", `${words.bulkEdit}: ${one.name}`), { href: `/redakcja/strona/${one.item}/edycja` });
      line.bar.value = 100;
      line.result.replaceChildren(`${words.bulkDone} `, link);
      return true;
    }
    const why = one ? one.refusal : answer.problem || answer.detail;
    return why && wire.status !== 400 ? refuse(line, why) : lost(line);
  };

  const send = (line) => new Promise((finished) => {
    if (line.file.size > Number(words.bulkLimit)) return finished(refuse(line, words.bulkLarge));
    const data = new FormData();
    data.append("csrf_token", token.value);
    data.append("form_key", line.key);
    data.append("files", line.file);
    const wire = new XMLHttpRequest();
    wire.open("POST", location.pathname);
    wire.setRequestHeader("Accept", "application/json");
    wire.upload.addEventListener("progress", (event) => { if (event.lengthComputable) line.bar.value = (99 * event.loaded) / event.total; });
    wire.addEventListener("loadend", () => { under -= 1; finished(finish(line, wire)); });
    under += 1;
    wire.send(data);
  });

  const tell = (done, all) => { said.textContent = words.bulkSum.replace("{done}", Number(done)).replace("{all}", all); };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const chosen = [...form.querySelector("input[type=file]").files].map(lineOf);
    button.disabled = true;
    form.reset();
    let done = 0;
    for (const line of chosen) done += Number(await send(line));
    button.disabled = false;
    tell(done, chosen.length);
  });
  window.addEventListener("beforeunload", (event) => { if (under) event.preventDefault(); });
})();
