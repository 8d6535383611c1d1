"""The texts of Plone as ours: classic rich text with its links by UID, and Volto's blocks."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from portal.content.exchange.entries import Beside, Note

_ADDRESS = re.compile(r'\b(href|src)="([^"]*)"')
_UID = re.compile(r"resolveuid/([0-9a-fA-F]{32})")
_IMAGE = re.compile(r"/?(@@images|@@download|@@display-file|image_\w+)(/.*)?$")
_SLATE = {"p", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "strong", "em", "sub", "sup", "code", "del"}
_QUIET = {"title", "description", "listing", "separator", "toc"}
"""Blocks whose words stand elsewhere already, or that have none."""


@dataclass
class Texts:
    """Turns the texts of one item into ours, gathering images to stand beside it and notes on what is lost.

    ``by_path`` finds the UID of an address of the old site; ``image`` the stored file of an item's picture, ``file``
    one that shall stand beside a text that links to it.
    """

    uid: str
    by_path: Mapping[str, str]
    known: Callable[[str], bool]
    image: Callable[[str], Beside | None]
    file: Callable[[str], Beside | None] = lambda _uid: None
    files: dict[str, Beside] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    def rich(self, markup: str) -> str:
        """Classic rich text: links by UID or by an address of the site become links to entries."""
        return _ADDRESS.sub(lambda m: f'{m.group(1)}="{self._target(m.group(1), m.group(2))}"', markup)

    def link(self, address: str) -> str:
        """A paragraph that leads to ``address``: where there is no type that is a link itself."""
        return self.rich(f'<p><a href="{_escaped(address)}">{_escaped(address)}</a></p>')

    def _target(self, attribute: str, address: str) -> str:
        plain = html.unescape(address)
        found = _UID.search(plain)
        fragment = plain[plain.index("#") :] if "#" in plain else ""
        uid = found.group(1).lower() if found else self._at(plain)
        if uid is None:
            return address
        if attribute == "src":
            picture = self.image(uid)
            if picture is None:
                self._lost(plain)
                return address
            self.files.setdefault(picture.key, picture)
            return html.escape(f"attachment:{self.uid}/{picture.key}", quote=True)
        if not self.known(uid):
            self._lost(plain)
            return address
        beside = self.file(uid)
        if beside is not None:
            self.files.setdefault(beside.key, beside)
            return html.escape(f"attachment:{self.uid}/{beside.key}", quote=True)
        return html.escape(f"archive:{uid}{fragment}", quote=True)

    def _at(self, address: str) -> str | None:
        parts = urlsplit(address)
        if parts.scheme or parts.netloc or not parts.path.startswith("/"):
            return None
        return self.by_path.get(_IMAGE.sub("", unquote(parts.path)).rstrip("/") or "/")

    def _lost(self, address: str) -> None:
        self.notes.append(Note("import.link_lost", {"to": address[:200]}))

    def blocks(self, blocks: Mapping[str, Any], layout: Any) -> str:
        """Volto's blocks in their order."""
        order = layout.get("items", []) if isinstance(layout, dict) else []
        parts = (self._block(blocks[key]) for key in order if isinstance(blocks.get(key), dict))
        return "\n".join(part for part in parts if part)

    def _block(self, block: Mapping[str, Any]) -> str:
        kind = str(block.get("@type", ""))
        if kind == "slate":
            value = block.get("value")
            return "".join(self._slate(node) for node in value) if isinstance(value, list) else ""
        if kind == "image":
            return self.rich(f'<p><img src="{_escaped(block.get("url"))}" alt="{_escaped(block.get("alt"))}"></p>')
        if kind == "html":
            return self.rich(str(block.get("html", "")))
        if kind in ("grid", "gridBlock", "columnsBlock", "accordion", "group"):
            inner = block.get("data") if isinstance(block.get("data"), dict) else block
            return self.blocks(inner.get("blocks", {}), inner.get("blocks_layout")) if isinstance(inner, dict) else ""
        if kind == "slateTable":
            return self._table(block)
        if kind == "text" and isinstance(block.get("text"), dict):
            lines = block["text"].get("blocks", [])
            return "".join(f"<p>{_escaped(line.get('text'))}</p>" for line in lines if isinstance(line, dict))
        if kind not in _QUIET:
            self.notes.append(Note("import.plone.block", {"block": kind[:60] or "–"}))
        return ""

    def _slate(self, node: Any) -> str:
        if not isinstance(node, dict):
            return ""
        if "text" in node:
            return _escaped(node["text"]).replace("\n", "<br>")
        inside = "".join(self._slate(child) for child in node.get("children", []) if isinstance(child, dict))
        kind = str(node.get("type", "p"))
        if kind in ("link", "a"):
            data = node.get("data") or {}
            address = data.get("url") or _first_url(data.get("link")) if isinstance(data, dict) else ""
            return self.rich(f'<a href="{_escaped(address)}">{inside}</a>')
        return f"<{kind}>{inside}</{kind}>" if kind in _SLATE else inside

    def _table(self, block: Mapping[str, Any]) -> str:
        table = block.get("table")
        rows = table.get("rows", []) if isinstance(table, dict) else []
        return "<table>" + "".join(f"<tr>{self._cells(row)}</tr>" for row in rows if isinstance(row, dict)) + "</table>"

    def _cells(self, row: Mapping[str, Any]) -> str:
        found = []
        for cell in row.get("cells", []):
            tag = "th" if cell.get("type") == "header" else "td"
            found.append(f"<{tag}>{''.join(self._slate(node) for node in cell.get('value', []))}</{tag}>")
        return "".join(found)


def _first_url(links: Any) -> str:
    first = links[0] if isinstance(links, list) and links else links
    return str(first.get("@id", "")) if isinstance(first, dict) else ""


def _escaped(value: Any) -> str:
    return html.escape(str(value or ""), quote=True)
