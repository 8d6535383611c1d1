// Rectangles drawn with a pointer over the picture of a page; the fields below it hold them, and work without this.
"use strict";
(() => {
  const sheet = document.querySelector(".e-sheet");
  if (!sheet) return;
  const picture = sheet.querySelector("img");
  const most = Number(sheet.dataset.boxes);
  const field = (name, row) => document.querySelector(`[name="${name}-${row}"]`);
  const shown = new Map();
  const free = () => Array.from({ length: most }, (_, i) => i + 1).find((row) => !field("width", row).value);
  const draw = (row) => {
    const svg = shown.get(row) || document.createElement("span");
    const size = ["left", "top", "width", "height"].map((name) => Number(field(name, row).value.replace(",", ".")) || 0);
    svg.className = "e-box";
    ["left", "top", "width", "height"].forEach((name, i) => svg.style.setProperty(name, `${size[i]}%`));
    svg.hidden = !size[2] || !size[3];
    if (!shown.has(row)) sheet.append(svg);
    shown.set(row, svg);
  };
  const at = (event) => {
    const box = picture.getBoundingClientRect();
    const clamp = (value) => Math.min(100, Math.max(0, value));
    return [clamp(((event.clientX - box.left) / box.width) * 100), clamp(((event.clientY - box.top) / box.height) * 100)];
  };
  let start = null;
  let row = 0;
  picture.draggable = false;
  sheet.addEventListener("pointerdown", (event) => {
    row = free();
    if (!row) return;
    start = at(event);
    event.preventDefault();
  });
  addEventListener("pointermove", (event) => {
    if (!start) return;
    const end = at(event);
    const put = (name, value) => { field(name, row).value = value.toFixed(1); };
    put("left", Math.min(start[0], end[0]));
    put("top", Math.min(start[1], end[1]));
    put("width", Math.abs(start[0] - end[0]));
    put("height", Math.abs(start[1] - end[1]));
    draw(row);
  });
  addEventListener("pointerup", () => { start = null; });
  document.addEventListener("input", (event) => {
    const match = /^(?:left|top|width|height)-(\d+)$/.exec(event.target.name || "");
    if (match) draw(Number(match[1]));
  });
})();
