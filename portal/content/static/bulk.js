/* Many files at once, one request each, so that every file has its own bar and its own result. Without this script the form sends them together. */
(() => {
  const form = document.querySelector("[data-bulk]");
  const list = document.querySelector("[data-bulk-list]");
  if (!form || !list) return;
  const send = (file) => new Promise((finished) => {
    const line = document.createElement("li");
    const name = document.createElement("span");
    const bar = document.createElement("progress");
    const result = document.createElement("span");
    name.textContent = file.name + " ";
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    line.append(name, bar, " ", result);
    list.append(line);
    const data = new FormData();
    data.append("csrf_token", form.querySelector("[name=csrf_token]").value);
    data.append("files", file);
    const wire = new XMLHttpRequest();
    wire.open("POST", location.pathname);
    wire.setRequestHeader("Accept", "application/json");
    wire.upload.addEventListener("progress", (event) => { if (event.lengthComputable) bar.value = 100 * event.loaded / event.total; });
    wire.addEventListener("loadend", () => {
      bar.value = 100;
      let answer = null;
      try { answer = JSON.parse(wire.responseText); } catch (_) { answer = null; }
      const one = answer && answer.results && answer.results[0];
      if (one && one.item) {
        result.textContent = form.dataset.bulkDone + " ";
        const link = document.createElement("a");
        link.href = "/redakcja/strona/" + one.item + "/edycja";
        link.textContent = form.dataset.bulkEdit + ": " + one.name;
        result.append(link);
      } else {
        const why = one ? one.refusal : answer && (answer.problem || answer.detail);
        result.textContent = form.dataset.bulkRefused + ": " + (why || form.dataset.bulkLost);
      }
      finished();
    });
    wire.send(data);
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const chosen = [...form.querySelector("input[type=file]").files];
    const button = form.querySelector("button[type=submit]");
    button.disabled = true;
    for (const file of chosen) await send(file);
    button.disabled = false;
    form.reset();
  });
})();
