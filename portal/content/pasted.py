"""What word processors put on the clipboard, made into plain structure: their lists become lists, their looks go.

Word marks list items as paragraphs with ``mso-list`` and a bullet drawn as text; Google wraps everything in a bold
that is not bold. The browser's editor cleans this too; the server does it again for whatever came another way.
"""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

_SIGNS = re.compile(r"mso-|class=\"?'?Mso|docs-internal-guid|<o:p|urn:schemas-microsoft", re.IGNORECASE)
_LIST = re.compile(r"mso-list:\s*l\d+\s+level(\d+)", re.IGNORECASE)
_ORDERED = re.compile(r"^\W?(?:\d+|[a-z]|[ivx]+)[.)]", re.IGNORECASE)
_BOLD = re.compile(r"font-weight:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_NORMAL = re.compile(r"font-weight:\s*(?:normal|[1-4]00)", re.IGNORECASE)
_ITALIC = re.compile(r"font-style:\s*italic", re.IGNORECASE)
_UNSEEN = frozenset({"style", "xml", "script", "title", "head", "meta", "link", "o:p"})
_VOID = frozenset({"br", "hr", "img", "col", "meta", "link"})
_DEEPEST = 6


class _Cleaner(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._out: list[str] = []
        self._ends: list[str] = []
        self._lists: list[str] = []
        self._level = 0
        self._marker = ""
        self._item: list[str] = []
        self._unseen = 0
        self._ignored = 0

    def result(self) -> str:
        """The cleaned markup."""
        self._close_lists(0)
        return "".join(self._out)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        style = given.get("style", "")
        if tag in _UNSEEN:
            self._unseen += tag not in _VOID
            return
        if self._ignored or (tag == "span" and re.search(r"mso-list:\s*ignore", style, re.IGNORECASE)):
            self._ignored += tag not in _VOID
            return
        level = _LIST.search(style) if tag == "p" else None
        if level:
            self._level, self._marker, self._item = min(int(level.group(1)), _DEEPEST), "", []
            self._ends.append("")
            return
        if tag in ("p", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "div", "blockquote"):
            self._close_lists(0)
        self._open(tag, given, style)

    def _open(self, tag: str, given: dict[str, str], style: str) -> None:
        begin, end = f"<{tag}>", f"</{tag}>"
        if tag in ("b", "strong") and _NORMAL.search(style):
            begin = end = ""
        elif tag == "span":
            names = [name for name, sign in (("strong", _BOLD), ("em", _ITALIC)) if sign.search(style)]
            begin = "".join(f"<{name}>" for name in names)
            end = "".join(f"</{name}>" for name in reversed(names))
        elif tag == "p" and "MsoTitle" in given.get("class", ""):
            begin, end = "<h2>", "</h2>"
        else:
            kept = {name: value for name, value in given.items() if name not in ("style", "class")}
            begin = f"<{tag}" + "".join(f' {name}="{html.escape(value)}"' for name, value in kept.items()) + ">"
        self._put(begin)
        if tag not in _VOID:
            self._ends.append(end)

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif self._ignored:
            self._ignored -= 1
        elif tag == "p" and self._level:
            self._end_item()
        elif tag not in _VOID and self._ends:
            self._put(self._ends.pop())

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        if self._ignored:
            self._marker += data
        else:
            self._put(html.escape(data, quote=False))

    def _put(self, text: str) -> None:
        (self._item if self._level else self._out).append(text)

    def _end_item(self) -> None:
        level, kind = self._level, "ol" if _ORDERED.match(self._marker.strip()) else "ul"
        text = "".join(self._item).strip()
        self._level = 0
        self._ends.pop()
        self._close_lists(level)
        if len(self._lists) == level:
            self._out.append("</li>")
            if self._lists[-1] != kind:
                self._out.append(f"</{self._lists.pop()}>")
        while len(self._lists) < level:
            # A level that was skipped still needs an item to hold the next list.
            self._out.append(f"<{kind}>" if len(self._lists) == level - 1 else f"<{kind}><li>")
            self._lists.append(kind)
        self._out.append(f"<li>{text}")

    def _close_lists(self, level: int) -> None:
        while len(self._lists) > level:
            self._out.append(f"</li></{self._lists.pop()}>")


def is_pasted(markup: str) -> bool:
    """Whether ``markup`` bears the marks of a word processor."""
    return _SIGNS.search(markup) is not None


def clean(markup: str) -> str:
    """``markup`` without a word processor's marks; other markup stays as it is."""
    if not is_pasted(markup):
        return markup
    cleaner = _Cleaner()
    cleaner.feed(re.sub(r"<!\[[^>]*\]>", "", markup))
    cleaner.close()
    return cleaner.result()
