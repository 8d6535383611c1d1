// The editors' rich text: a progressive replacement of <textarea data-rich>. The textarea stays the field that
// is sent; without this script people edit its text. Texts of buttons come from the page (data-rich-words).
import { Editor, Mark } from "@tiptap/core";
import Blockquote from "@tiptap/extension-blockquote";
import Bold from "@tiptap/extension-bold";
import Document from "@tiptap/extension-document";
import HardBreak from "@tiptap/extension-hard-break";
import Heading from "@tiptap/extension-heading";
import Image from "@tiptap/extension-image";
import Italic from "@tiptap/extension-italic";
import { BulletList } from "@tiptap/extension-list/bullet-list";
import { ListItem } from "@tiptap/extension-list/item";
import { ListKeymap } from "@tiptap/extension-list/keymap";
import { OrderedList } from "@tiptap/extension-list/ordered-list";
import Paragraph from "@tiptap/extension-paragraph";
import { Table, TableCell, TableHeader, TableRow } from "@tiptap/extension-table";
import Text from "@tiptap/extension-text";
import { UndoRedo } from "@tiptap/extensions/undo-redo";
import { cleanPasted } from "./pasted.js";

// Addresses a link may have; the server says no to others too.
const ADDRESS = /^(\/|#|https?:|mailto:|tel:)\S*$/i;

// A link is an address and nothing more. An address pasted over selected words becomes their link.
const Link = Mark.create({
  name: "link", inclusive: false, exitable: true,
  addAttributes: () => ({ href: { default: null } }),
  parseHTML: () => [{ tag: "a[href]", getAttrs: (link) => ADDRESS.test(link.getAttribute("href")) && null }],
  renderHTML: ({ HTMLAttributes }) => ["a", HTMLAttributes, 0],
  addCommands() {
    return {
      setLink: (attributes) => ({ commands }) => commands.setMark("link", attributes),
      unsetLink: () => ({ commands }) => commands.unsetMark("link", { extendEmptyMarkRange: true }),
    };
  },
});

// A table keeps its caption: shown above the cells, changed by a button of its own.
const CaptionedTable = Table.extend({
  addAttributes() {
    return { ...this.parent?.(), caption: {
      default: "", parseHTML: (table) => table.querySelector("caption")?.textContent.trim() || "", renderHTML: () => ({}),
    } };
  },
  renderHTML({ node }) {
    const caption = node.attrs.caption ? [["caption", { contenteditable: "false" }, node.attrs.caption]] : [];
    return ["table", {}, ...caption, ["tbody", 0]];
  },
});

// Elements the model can hold; a text with others stays in its plain field, so that nothing is lost by opening it.
const HELD = new Set(("P H2 H3 H4 UL OL LI A STRONG EM B I BR BLOCKQUOTE TABLE CAPTION THEAD TBODY TFOOT TR TH TD " +
  "COLGROUP COL IMG H1").split(" "));

const EXTENSIONS = [
  Document, Paragraph, Text, Bold, Italic, HardBreak, Blockquote, BulletList, OrderedList, ListItem, ListKeymap,
  Heading.configure({ levels: [2, 3, 4] }),
  Link,
  Image.configure({ allowBase64: false, inline: true }),
  CaptionedTable.configure({ resizable: false }), TableRow, TableHeader, TableCell,
  UndoRedo,
];

// name, what it does, when it is on (for aria-pressed)
const BUTTONS = [
  ["bold", (c) => c.toggleBold(), (e) => e.isActive("bold")],
  ["italic", (c) => c.toggleItalic(), (e) => e.isActive("italic")],
  ["h2", (c) => c.toggleHeading({ level: 2 }), (e) => e.isActive("heading", { level: 2 })],
  ["h3", (c) => c.toggleHeading({ level: 3 }), (e) => e.isActive("heading", { level: 3 })],
  ["h4", (c) => c.toggleHeading({ level: 4 }), (e) => e.isActive("heading", { level: 4 })],
  ["bullets", (c) => c.toggleBulletList(), (e) => e.isActive("bulletList")],
  ["numbers", (c) => c.toggleOrderedList(), (e) => e.isActive("orderedList")],
  ["quote", (c) => c.toggleBlockquote(), (e) => e.isActive("blockquote")],
  ["link", null, (e) => e.isActive("link")],
  ["image", null, (e) => e.isActive("image")],
  ["table", (c) => c.insertTable({ rows: 3, cols: 3, withHeaderRow: true }), null],
  ["row", (c) => c.addRowAfter(), null],
  ["column", (c) => c.addColumnAfter(), null],
  ["droprow", (c) => c.deleteRow(), null],
  ["dropcolumn", (c) => c.deleteColumn(), null],
  ["headrow", (c) => c.toggleHeaderRow(), null],
  ["headcolumn", (c) => c.toggleHeaderColumn(), null],
  ["caption", null, null],
  ["droptable", (c) => c.deleteTable(), null],
  ["undo", (c) => c.undo(), null],
  ["redo", (c) => c.redo(), null],
];
const IN_TABLE = new Set(["row", "column", "droprow", "dropcolumn", "headrow", "headcolumn", "caption", "droptable"]);

function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

// What the tree offers for some words, as buttons; `pick` gets the chosen one.
function finder(input, words, what, pick) {
  const list = make("ul", { class: "e-rich-found", "aria-label": words.found });
  const said = make("p", { class: "e-rich-said", role: "status" });
  let timer = 0, asked = 0;
  const show = async (query) => {
    const mine = ++asked;
    const answer = await fetch(`/redakcja/wybierz.json?${new URLSearchParams(query)}`).catch(() => null);
    if (!answer?.ok || mine !== asked) return;
    const { choices, up } = await answer.json();
    said.textContent = choices.length ? `${words.found}: ${choices.length}` : words.nothing;
    const rows = choices.map((one) => {
      const button = make("button", { type: "button", class: "btn btn-link btn-sm" }, one.title);
      button.addEventListener("click", () => pick(one));
      const row = make("li", {}, button, make("span", {}, one.path));
      if (one.folder && !query.q) {
        const open = make("button", { type: "button", class: "btn btn-link btn-sm", "aria-label": `${words.open}: ${one.title}` }, words.open);
        open.addEventListener("click", () => show({ w: one.path }));
        row.append(open);
      }
      return row;
    });
    if (up) {
      const higher = make("button", { type: "button", class: "btn btn-link btn-sm" }, words.up);
      higher.addEventListener("click", () => show({ w: up }));
      rows.unshift(make("li", {}, higher));
    }
    list.replaceChildren(...rows);
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => show({ q: input.value, co: what }), 250);
  });
  return { parts: [said, list], show };
}

function box(editor, className, ...parts) {
  const holder = make("div", { class: className }, ...parts);
  holder.hidden = true;
  holder.close = () => { holder.hidden = true; editor.commands.focus(); };
  holder.addEventListener("keydown", (event) => {
    if (event.key === "Escape") holder.close();
    // Enter in a field of the box must not send the page's form.
    if (event.key === "Enter" && event.target.tagName === "INPUT") event.preventDefault();
  });
  // Buttons and fields of the box are not part of what is sent.
  holder.addEventListener("input", (event) => event.stopPropagation());
  return holder;
}

function onEnter(input, act) {
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    act();
  });
}

function linkBox(editor, words) {
  const input = make("input", { class: "form-control", type: "text", id: "rich-adres", autocomplete: "off" });
  const apply = make("button", { type: "button", class: "btn btn-primary btn-sm" }, words.apply);
  const remove = make("button", { type: "button", class: "btn btn-secondary btn-sm" }, words.remove);
  const cancel = make("button", { type: "button", class: "btn btn-secondary btn-sm" }, words.cancel);
  const wrong = make("p", { class: "e-rich-said", role: "alert" });
  const set = (address, title) => {
    const chain = editor.chain().focus().extendMarkRange("link");
    if (editor.state.selection.empty && !editor.isActive("link")) {
      chain.insertContent({ type: "text", text: title || address, marks: [{ type: "link", attrs: { href: address } }] }).run();
    } else chain.setLink({ href: address }).run();
    holder.hidden = true;
  };
  const found = finder(input, words, "", (one) => set(one.address, one.title));
  const holder = box(editor, "e-rich-link", make("label", { for: "rich-adres" }, words.address), input, wrong, apply, remove, cancel, ...found.parts);
  const go = () => {
    const address = input.value.trim();
    wrong.textContent = ADDRESS.test(address) ? "" : words.addresswrong;
    if (!wrong.textContent) set(address);
  };
  apply.addEventListener("click", go);
  onEnter(input, go);
  remove.addEventListener("click", () => { editor.chain().focus().extendMarkRange("link").unsetLink().run(); holder.close(); });
  cancel.addEventListener("click", holder.close);
  holder.open = () => {
    input.value = editor.getAttributes("link").href || "";
    remove.hidden = !input.value;
    wrong.textContent = "";
    holder.hidden = false;
    input.focus();
    found.show({ w: "/" });
  };
  return holder;
}

function imageBox(editor, words) {
  const input = make("input", { class: "form-control", type: "text", id: "rich-obraz", autocomplete: "off" });
  const alt = make("input", { class: "form-control", type: "text", id: "rich-opis", maxlength: "300" });
  const decorative = make("input", { class: "form-check-input", type: "checkbox", id: "rich-ozdoba" });
  const apply = make("button", { type: "button", class: "btn btn-primary btn-sm" }, words.apply);
  const cancel = make("button", { type: "button", class: "btn btn-secondary btn-sm" }, words.cancel);
  const wrong = make("p", { class: "e-rich-said", role: "alert" });
  let chosen = "";
  const found = finder(input, words, "obrazy", (one) => { chosen = one.address; input.value = one.title; alt.focus(); });
  const holder = box(editor, "e-rich-link", make("label", { for: "rich-obraz" }, words.find), input, ...found.parts,
    make("label", { for: "rich-opis" }, words.alt), alt,
    make("div", { class: "form-check" }, decorative, make("label", { class: "form-check-label", for: "rich-ozdoba" }, words.decorative)),
    wrong, apply, cancel);
  decorative.addEventListener("change", () => { alt.disabled = decorative.checked; });
  const go = () => {
    wrong.textContent = !chosen ? words.imagemissing : !decorative.checked && !alt.value.trim() ? words.altmissing : "";
    if (wrong.textContent) return;
    editor.chain().focus().setImage({ src: chosen, alt: decorative.checked ? "" : alt.value.trim() }).run();
    holder.hidden = true;
  };
  apply.addEventListener("click", go);
  onEnter(alt, go);
  cancel.addEventListener("click", holder.close);
  holder.open = () => {
    const now = editor.isActive("image") ? editor.getAttributes("image") : {};
    chosen = now.src || "";
    input.value = "";
    alt.value = now.alt || "";
    decorative.checked = alt.disabled = now.alt === "";
    wrong.textContent = "";
    holder.hidden = false;
    input.focus();
    found.show({ co: "obrazy" });
  };
  return holder;
}

function captionBox(editor, words) {
  const input = make("input", { class: "form-control", type: "text", id: "rich-tytul-tabeli", maxlength: "300" });
  const apply = make("button", { type: "button", class: "btn btn-primary btn-sm" }, words.apply);
  const holder = box(editor, "e-rich-link", make("label", { for: "rich-tytul-tabeli" }, words.captionlabel), input, apply);
  const go = () => {
    editor.chain().focus().updateAttributes("table", { caption: input.value.trim() }).run();
    holder.hidden = true;
  };
  apply.addEventListener("click", go);
  onEnter(input, go);
  holder.open = () => { input.value = editor.getAttributes("table").caption || ""; holder.hidden = false; input.focus(); };
  return holder;
}

function toolbar(editor, words, label) {
  const bar = make("div", { class: "e-rich-bar", role: "toolbar", "aria-label": label });
  const boxes = { link: linkBox(editor, words), image: imageBox(editor, words), caption: captionBox(editor, words) };
  const open = (name) => {
    for (const [other, holder] of Object.entries(boxes)) if (other !== name) holder.hidden = true;
    boxes[name].open();
  };
  const made = BUTTONS.map(([name, act, active]) => {
    const button = make("button", { type: "button", class: "btn btn-outline-secondary btn-sm", tabindex: "-1" }, words[name]);
    button.addEventListener("click", () => { if (act) act(editor.chain().focus()).run(); else open(name); });
    bar.append(button);
    return { name, button, active };
  });
  made[0].button.tabIndex = 0;
  // One stop of the Tab key; arrows move within (ARIA toolbar pattern).
  bar.addEventListener("keydown", (event) => {
    const shown = made.map((m) => m.button).filter((b) => !b.hidden);
    if (event.key === "Escape") return editor.commands.focus();
    const at = shown.indexOf(document.activeElement);
    const next = { ArrowRight: shown[(at + 1) % shown.length], ArrowLeft: shown.at(at - 1), Home: shown[0], End: shown.at(-1) }[event.key];
    if (!next) return;
    for (const { button } of made) button.tabIndex = -1;
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
    // The one stop of the Tab key must be a button that is there.
    if (made.some(({ button }) => button.hidden && button.tabIndex === 0)) {
      for (const { button } of made) button.tabIndex = -1;
      made[0].button.tabIndex = 0;
    }
  };
  editor.on("transaction", refresh);
  refresh();
  return [bar, ...Object.values(boxes)];
}

// An address pasted over words.
function linkPasted(view, event) {
  const { selection, tr, schema } = view.state;
  const text = event.clipboardData?.getData("text/plain").trim() || "";
  if (selection.empty || !selection.$from?.sameParent(selection.$to) || !/^https?:\/\/\S+$/.test(text)) return false;
  view.dispatch(tr.addMark(selection.from, selection.to, schema.marks.link.create({ href: text })));
  return true;
}

// Tab moves on in lists and tables, so Escape lets the next one out of the text; Alt+F10 goes to the tools, as in other
// editors, and Escape there comes back.
function keys(bar) {
  let free = false;
  return (view, event) => {
    if (event.key === "F10" && event.altKey) {
      bar().querySelector("[tabindex='0']").focus();
      event.preventDefault();
      return true;
    }
    const out = free && event.key === "Tab";
    free = event.key === "Escape" || (free && event.key === "Shift");
    return out;
  };
}

function enhance(area) {
  const words = JSON.parse(area.dataset.richWords || document.querySelector("[data-rich-words]").dataset.richWords);
  const there = new DOMParser().parseFromString(area.value, "text/html").body.querySelectorAll("*");
  if ([...there].some((element) => !HELD.has(element.tagName))) {
    area.before(make("p", { class: "w-hint" }, words.unknown));
    return;
  }
  const holder = make("div", { class: "e-rich" });
  const surface = make("div", { class: "e-rich-surface" });
  area.after(holder);
  holder.append(surface);
  const label = document.querySelector(`label[for="${area.id}"]`);
  label.id ||= `${area.id}-label`;
  const hint = make("p", { class: "w-hint", id: `${area.id}-keys` }, words.keys);
  const described = `${area.getAttribute("aria-describedby") || ""} ${hint.id}`.trim();
  let tools = [];
  const editor = new Editor({
    element: surface, extensions: EXTENSIONS, content: area.value, injectCSS: false,
    editorProps: { transformPastedHTML: cleanPasted, handlePaste: linkPasted, handleDOMEvents: { keydown: keys(() => tools[0]) }, attributes: {
      role: "textbox", "aria-multiline": "true", "aria-labelledby": label.id, class: "form-control c-text",
      "aria-describedby": described, ...(area.lang ? { lang: area.lang } : {}),
    } },
    onUpdate: () => { area.value = editor.isEmpty ? "" : editor.getHTML(); area.dispatchEvent(new Event("input", { bubbles: true })); },
  });
  tools = toolbar(editor, words, label.textContent.trim());
  surface.before(...tools, hint);
  area.hidden = true;
  label.addEventListener("click", () => editor.commands.focus());
}

for (const area of document.querySelectorAll("textarea[data-rich]")) enhance(area);
