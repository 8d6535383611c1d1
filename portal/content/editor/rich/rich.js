// The editors' rich text: a progressive replacement of <textarea data-rich>. The textarea stays the field that
// is sent; without this script people edit its text. Texts of buttons come from the page (data-rich-words).
import { Editor } from "@tiptap/core";
import Blockquote from "@tiptap/extension-blockquote";
import Bold from "@tiptap/extension-bold";
import Document from "@tiptap/extension-document";
import HardBreak from "@tiptap/extension-hard-break";
import Heading from "@tiptap/extension-heading";
import Image from "@tiptap/extension-image";
import Italic from "@tiptap/extension-italic";
import Link from "@tiptap/extension-link";
import { BulletList, ListItem, ListKeymap, OrderedList } from "@tiptap/extension-list";
import Paragraph from "@tiptap/extension-paragraph";
import { TableKit } from "@tiptap/extension-table";
import Text from "@tiptap/extension-text";
import { UndoRedo } from "@tiptap/extensions";

const EXTENSIONS = [
  Document, Paragraph, Text, Bold, Italic, HardBreak, Blockquote, BulletList, OrderedList, ListItem, ListKeymap,
  Heading.configure({ levels: [2, 3, 4] }),
  Link.configure({ openOnClick: false, autolink: false, HTMLAttributes: { target: null, rel: null, class: null } }),
  Image.configure({ allowBase64: false }),
  TableKit.configure({ table: { resizable: false } }),
  UndoRedo,
];

// name, what it does, when it is on (for aria-pressed)
const BUTTONS = [
  ["bold", (c) => c.toggleBold(), (e) => e.isActive("bold")],
  ["italic", (c) => c.toggleItalic(), (e) => e.isActive("italic")],
  ["h2", (c) => c.toggleHeading({ level: 2 }), (e) => e.isActive("heading", { level: 2 })],
  ["h3", (c) => c.toggleHeading({ level: 3 }), (e) => e.isActive("heading", { level: 3 })],
  ["bullets", (c) => c.toggleBulletList(), (e) => e.isActive("bulletList")],
  ["numbers", (c) => c.toggleOrderedList(), (e) => e.isActive("orderedList")],
  ["quote", (c) => c.toggleBlockquote(), (e) => e.isActive("blockquote")],
  ["link", null, (e) => e.isActive("link")],
  ["table", (c) => c.insertTable({ rows: 3, cols: 3, withHeaderRow: true }), null],
  ["row", (c) => c.addRowAfter(), null],
  ["column", (c) => c.addColumnAfter(), null],
  ["droprow", (c) => c.deleteRow(), null],
  ["dropcolumn", (c) => c.deleteColumn(), null],
  ["droptable", (c) => c.deleteTable(), null],
  ["undo", (c) => c.undo(), null],
  ["redo", (c) => c.redo(), null],
];
const IN_TABLE = new Set(["row", "column", "droprow", "dropcolumn", "droptable"]);

function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function linkBox(editor, words) {
  const input = make("input", { class: "form-control", type: "text", id: "rich-adres", list: "rich-strony", autocomplete: "off" });
  const box = make("div", { class: "e-rich-link" }, make("label", { for: "rich-adres" }, words.address), input,
    make("button", { type: "button", class: "btn btn-primary btn-sm" }, words.apply),
    make("button", { type: "button", class: "btn btn-secondary btn-sm" }, words.remove));
  const [apply, remove] = box.querySelectorAll("button");
  box.hidden = true;
  const close = () => { box.hidden = true; editor.commands.focus(); };
  apply.addEventListener("click", () => {
    const address = input.value.trim();
    if (address) editor.chain().focus().extendMarkRange("link").setLink({ href: address }).run();
    close();
  });
  remove.addEventListener("click", () => { editor.chain().focus().extendMarkRange("link").unsetLink().run(); close(); });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") { event.preventDefault(); apply.click(); }
    if (event.key === "Escape") close();
  });
  box.open = () => { input.value = editor.getAttributes("link").href || ""; box.hidden = false; input.focus(); };
  return box;
}

function toolbar(editor, words, label) {
  const bar = make("div", { class: "e-rich-bar", role: "toolbar", "aria-label": label });
  const box = linkBox(editor, words);
  const made = BUTTONS.map(([name, act, active]) => {
    const button = make("button", { type: "button", class: "btn btn-outline-secondary btn-sm", tabindex: "-1" }, words[name]);
    button.addEventListener("click", () => { if (act) act(editor.chain().focus()).run(); else box.open(); });
    bar.append(button);
    return { name, button, active };
  });
  made[0].button.tabIndex = 0;
  // One stop of the Tab key; arrows move within (ARIA toolbar pattern).
  bar.addEventListener("keydown", (event) => {
    const shown = made.map((m) => m.button).filter((b) => !b.hidden);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = shown[(shown.indexOf(document.activeElement) + step + shown.length) % shown.length];
    for (const button of shown) button.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
    event.preventDefault();
  });
  const refresh = () => {
    const inTable = editor.isActive("table");
    for (const { name, button, active } of made) {
      if (IN_TABLE.has(name)) button.hidden = !inTable;
      if (active) button.setAttribute("aria-pressed", String(active(editor)));
    }
  };
  editor.on("transaction", refresh);
  refresh();
  return [bar, box];
}

function enhance(area) {
  const words = JSON.parse(area.dataset.richWords || document.querySelector("[data-rich-words]").dataset.richWords);
  const holder = make("div", { class: "e-rich" });
  const surface = make("div", { class: "e-rich-surface" });
  area.after(holder);
  holder.append(surface);
  const label = document.querySelector(`label[for="${area.id}"]`);
  label.id ||= `${area.id}-label`;
  const described = area.getAttribute("aria-describedby");
  const editor = new Editor({
    element: surface, extensions: EXTENSIONS, content: area.value, injectCSS: false,
    editorProps: { attributes: {
      role: "textbox", "aria-multiline": "true", "aria-labelledby": label.id, class: "form-control c-text",
      ...(described ? { "aria-describedby": described } : {}), ...(area.lang ? { lang: area.lang } : {}),
    } },
    onUpdate: () => { area.value = editor.isEmpty ? "" : editor.getHTML(); area.dispatchEvent(new Event("input", { bubbles: true })); },
  });
  const [bar, box] = toolbar(editor, words, label.textContent.trim());
  surface.before(bar, box);
  area.hidden = true;
  label.addEventListener("click", () => editor.commands.focus());
}

for (const area of document.querySelectorAll("textarea[data-rich]")) enhance(area);
