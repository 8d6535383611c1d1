// Shows how far an export or import is; without it the page has a link that does the same.
(() => {
  const box = document.querySelector("[data-transfer]");
  if (!box) return;
  const bar = box.querySelector("progress");
  const text = box.querySelector("[data-transfer-text]");
  const look = async () => {
    try {
      const answer = await fetch(box.dataset.transfer, { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const now = await answer.json();
      if (!now.busy) { location.reload(); return; }
      if (now.total) {
        bar.max = now.total;
        bar.value = now.step;
        if (now.step) text.textContent = `${now.step} z ${now.total}`;
      }
    } catch { /* the network is away for a moment; the next look tells */ }
    setTimeout(look, 2000);
  };
  setTimeout(look, 1000);
})();
