// What makes writing safe in a browser: unsaved work is kept on the server, the lock is renewed and given back, what is
// found in the text is shown as one writes. Without it the same buttons do the same on request.
"use strict";

const sheet = document.querySelector("form[data-autosave]");
if (sheet) {
  const QUIET = 2500, BEAT = 60000;
  const said = sheet.querySelector("[data-autosave-said]");
  const findings = document.querySelector("[data-findings]");
  let waiting = 0, changed = false, leaving = false, running = null, told = "";

  const content = (beat) => {
    const data = new FormData(sheet);
    data.delete("files");
    if (beat) data.set("beat", "1");
    return data;
  };

  async function renewToken() {
    const answer = await fetch("/redakcja/zeton", { redirect: "manual" });
    if (!answer.ok) return false;
    const { token } = await answer.json();
    for (const field of document.querySelectorAll('input[name="csrf_token"]')) field.value = token;
    return true;
  }

  async function send(beat, again) {
    if (leaving) return;
    changed = changed && beat;
    running = new AbortController();
    try {
      const body = content(beat);
      const answer = await fetch(sheet.dataset.autosave, { method: "POST", body, redirect: "manual", signal: running.signal });
      if (!answer.ok) {
        if (!again && (await renewToken())) return send(beat, true);
        throw new Error(String(answer.status));
      }
      const news = await answer.json();
      if (leaving) return;
      if (news.other || !beat) told = said.textContent = news.other || news.said;
      if (findings && !beat) findings.innerHTML = news.findings;
    } catch {
      if (leaving) return;
      changed = true;
      said.textContent = sheet.dataset.offline;
      waiting = setTimeout(() => send(false), BEAT / 6);
    }
  }

  sheet.addEventListener("input", () => {
    changed = true;
    clearTimeout(waiting);
    waiting = setTimeout(() => send(false), QUIET);
  });
  setInterval(() => { if (!document.hidden) send(!changed); }, BEAT);
  const selected = sheet.elements.selected;
  if (selected) {
    // A button takes the focus and may take the selection: the last one made in the text is what was meant.
    document.addEventListener("selectionchange", () => {
      const range = document.getSelection(), at = range.anchorNode && (range.anchorNode.closest ? range.anchorNode : range.anchorNode.parentElement);
      if (at && at.closest(".ProseMirror")) selected.value = range.toString();
    });
    const plain = sheet.elements.body;
    if (plain) plain.addEventListener("select", () => { selected.value = plain.value.slice(plain.selectionStart, plain.selectionEnd); });
  }
  sheet.addEventListener("submit", () => {
    leaving = true;
    clearTimeout(waiting);
    if (running) running.abort();
  });
  window.addEventListener("pageshow", () => { leaving = false; });
  // The last words are sent when the page is left; the lock is given back.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && changed && !leaving) navigator.sendBeacon(sheet.dataset.autosave, content(false));
  });
  window.addEventListener("pagehide", () => {
    if (leaving || !sheet.dataset.release) return;
    const data = new FormData();
    data.set("csrf_token", sheet.elements.csrf_token.value);
    navigator.sendBeacon(sheet.dataset.release, data);
  });
}
