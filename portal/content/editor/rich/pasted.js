// What word processors put on the clipboard, made into plain structure before the editor reads it. The server does the
// same (portal/content/pasted.py); here it keeps people from seeing their list fall apart.
const ORDERED = /^\W?(?:\d+|[a-z]|[ivx]+)[.)]/i;

export function cleanPasted(html) {
  if (!/mso-|class="?'?Mso|docs-internal-guid|<o:p/i.test(html)) return html;
  const body = new DOMParser().parseFromString(html.replace(/<!\[[^>]*\]>/g, ""), "text/html").body;
  const walker = document.createTreeWalker(body, NodeFilter.SHOW_COMMENT);
  const comments = [];
  while (walker.nextNode()) comments.push(walker.currentNode);
  for (const comment of comments) comment.remove();
  for (const gone of body.querySelectorAll("style, meta, link, xml, o\\:p")) gone.remove();
  for (const bold of body.querySelectorAll("b, strong")) {
    if (/^(normal|[1-4]00)$/.test(bold.style.fontWeight)) bold.replaceWith(...bold.childNodes);
  }
  for (const title of body.querySelectorAll("p.MsoTitle")) {
    const heading = document.createElement("h2");
    heading.append(...title.childNodes);
    title.replaceWith(heading);
  }
  makeLists(body);
  return body.innerHTML;
}

function makeLists(body) {
  let open = [];
  let last = null;
  for (const paragraph of [...body.querySelectorAll("p")]) {
    const level = /mso-list:\s*l\d+\s+level(\d+)/i.exec(paragraph.getAttribute("style") || "");
    if (!level) continue;
    const depth = Math.min(Number(level[1]), 6);
    const mark = [...paragraph.querySelectorAll("span")].find((span) => /mso-list:\s*ignore/i.test(span.getAttribute("style") || ""));
    const kind = ORDERED.test((mark?.textContent || "").trim()) ? "ol" : "ul";
    mark?.remove();
    const between = last && last.nextElementSibling !== paragraph;
    if (between) open = [];
    open.length = Math.min(open.length, depth);
    if (open.length === depth && open[depth - 1].tagName.toLowerCase() !== kind) open.length = depth - 1;
    while (open.length < depth) {
      const list = document.createElement(kind);
      const above = open[open.length - 1];
      if (above) {
        if (!above.lastElementChild) above.append(document.createElement("li"));
        above.lastElementChild.append(list);
      } else paragraph.before(list);
      open.push(list);
    }
    const item = document.createElement("li");
    item.append(...paragraph.childNodes);
    open[depth - 1].append(item);
    paragraph.remove();
    last = open[0];
  }
}
