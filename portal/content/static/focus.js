// The point of an image that crops keep: set by pointing, by arrow keys, or in the two fields, which work without this.
// Crops follow at once, cut as the server cuts them (portal/content/renditions.py).
"use strict";
(() => {
  const box = document.querySelector("[data-focus-point]");
  if (!box) return;
  const fields = [box.dataset.x, box.dataset.y].map((name) => document.querySelector(`[name="${name}"]`));
  const image = box.querySelector("img");
  const point = box.querySelector("button");
  const said = document.querySelector("[data-focus-said]");
  const size = [Number(image.getAttribute("width")), Number(image.getAttribute("height"))];
  const within = (value, most) => Math.min(most, Math.max(0, value));
  const values = () => fields.map((field) => (field.value.trim() === "" ? 50 : within(Math.round(Number(field.value)) || 0, 100)));

  const crops = [...document.querySelectorAll("[data-crop]")].map((frame) => {
    const whole = new Image();
    whole.src = image.currentSrc || image.src;
    whole.alt = "";
    frame.replaceChildren(whole);
    return { whole, shape: Number(frame.dataset.crop) };
  });

  const draw = () => {
    const at = values();
    point.style.left = `${at[0]}%`;
    point.style.top = `${at[1]}%`;
    for (const { whole, shape } of crops) {
      const cut = [Math.min(size[0], size[1] * shape), Math.min(size[1], size[0] / shape)];
      const place = [0, 1].map((i) => {
        const free = size[i] - cut[i];
        return free > 0 ? (within((size[i] * at[i]) / 100 - cut[i] / 2, free) / free) * 100 : 50;
      });
      whole.style.objectPosition = `${place[0]}% ${place[1]}%`;
    }
  };

  const put = (x, y) => {
    [x, y].forEach((value, i) => { fields[i].value = String(Math.round(within(value, 100))); });
    fields[0].dispatchEvent(new Event("input", { bubbles: true }));
    const at = values();
    said.textContent = said.dataset.focusSaid.replace("{x}", at[0]).replace("{y}", at[1]);
  };

  const pointed = (event) => {
    const frame = image.getBoundingClientRect();
    put(((event.clientX - frame.left) / frame.width) * 100, ((event.clientY - frame.top) / frame.height) * 100);
  };

  const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  point.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const length = event.shiftKey ? 10 : 1;
    const at = values();
    put(at[0] + step[0] * length, at[1] + step[1] * length);
  });
  point.addEventListener("pointerdown", (event) => point.setPointerCapture(event.pointerId));
  point.addEventListener("pointermove", (event) => { if (point.hasPointerCapture(event.pointerId)) pointed(event); });
  image.addEventListener("click", (event) => { pointed(event); point.focus(); });
  for (const field of fields) field.addEventListener("input", draw);
  image.draggable = false;
  point.hidden = false;
  draw();
})();
