"""RTF 1.9: the text without control words, with Polish letters in code page 1250 and Unicode escapes."""

from __future__ import annotations

import codecs
import re

_TOKEN = re.compile(
    rb"\\(?P<word>[a-z]{1,32})(?P<number>-?\d{1,10})? ?|\\'(?P<hex>[0-9a-fA-F]{2})|\\(?P<symbol>[^a-z'])"
    rb"|(?P<brace>[{}])|[\r\n]+|(?P<run>[^\\{}\r\n]+)",
    re.DOTALL,
)
_BREAKS = {b"par": "\n", b"line": "\n", b"sect": "\n", b"row": "\n", b"tab": " ", b"cell": " "}
_DASHES = {b"emdash": "—", b"endash": "–", b"quotedblright": "”", b"quotedblleft": "„", b"rquote": "’", b"lquote": "‘"}
_HIDDEN = {
    b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pict", b"object", b"themedata", b"datastore", b"listtable",
    b"listoverridetable", b"generator", b"latentstyles", b"rsidtbl", b"xmlnstbl", b"filetbl", b"fldinst",
}  # fmt: skip
_ASIDE = {
    b"info": "metadata", b"userprops": "metadata", b"generator": "metadata", b"annotation": "comment",
    b"atnauthor": "comment", b"atnid": "comment", b"fldinst": "link", b"pict": "picture", b"object": "object",
}  # fmt: skip
"""Words that are on no page: of the file itself, remarks, addresses; and pictures and files inside."""
_PAGES = {b"page", b"softpage"}


_SYMBOLS = {b"~": "\u00a0", b"_": "-", b"\\": "\\", b"{": "{", b"}": "}"}


class _Group:
    """The group we are in: is it hidden, and how many characters repeat a Unicode escape for old readers."""

    __slots__ = ("aside", "hidden", "repeated")

    def __init__(self, hidden: bool = False, repeated: int = 1, aside: str = "") -> None:
        self.hidden, self.repeated, self.aside = hidden, repeated, aside


class _Reader:
    """Reads tokens one after another into pages."""

    def __init__(self) -> None:
        self.pages: list[list[str]] = [[]]
        self.aside: dict[str, list[str]] = {}
        self._groups = [_Group()]
        self._encoding = "cp1250"
        self._left = 0
        """Characters still to be passed over after a Unicode escape."""

    def token(self, match: re.Match[bytes]) -> None:
        if match["brace"]:
            self._brace(match["brace"])
        elif match["word"]:
            self._word(match["word"], int(match["number"] or 0))
        elif match["symbol"]:
            self._groups[-1].hidden |= match["symbol"] == b"*"
            self._say(_SYMBOLS.get(match["symbol"], ""))
        elif raw := match["run"] or (bytes([int(match["hex"], 16)]) if match["hex"] else b""):
            kept = raw[self._left :]
            self._left = max(0, self._left - len(raw))
            self._say(kept.decode(self._encoding, "replace"))

    def _say(self, text: str) -> None:
        group = self._groups[-1]
        if not group.hidden:
            self.pages[-1].append(text)
        elif group.aside:
            self.aside.setdefault(group.aside, []).append(text)

    def _brace(self, brace: bytes) -> None:
        self._left = 0
        if brace == b"{":
            above = self._groups[-1]
            self._groups.append(_Group(above.hidden, above.repeated, above.aside))
        elif len(self._groups) > 1:
            self._say("\n" if self._groups[-1].aside else "")
            self._groups.pop()

    def _word(self, word: bytes, number: int) -> None:
        group = self._groups[-1]
        if word in _ASIDE:
            group.hidden, group.aside = True, _ASIDE[word]
            self._say("\n")
        elif word in _HIDDEN:
            group.hidden = True
        elif word == b"ansicpg":
            self._encoding = _known(f"cp{number}")
        elif word == b"uc":
            group.repeated = max(0, min(number, 10))
        elif word == b"u":
            self._say(_unicode(number))
            self._left = group.repeated
        elif word in _PAGES and not group.hidden:
            self.pages.append([])
        else:
            self._say(_BREAKS.get(word, _DASHES.get(word, "")))


def pages(data: bytes) -> list[str]:
    """The text by page breaks."""
    reader = _Reader()
    for match in _TOKEN.finditer(data):
        reader.token(match)
    return ["".join(page) for page in reader.pages]


def aside(data: bytes) -> dict[str, str]:
    """What is on no page, by what it is: ``metadata``, ``comment``, ``link``, ``picture``, ``object``."""
    reader = _Reader()
    for match in _TOKEN.finditer(data):
        reader.token(match)
    return {kind: "".join(said).strip() for kind, said in reader.aside.items()}


def _unicode(number: int) -> str:
    code = number % 0x10000
    return chr(code) if not 0xD800 <= code <= 0xDFFF else " "


def _known(encoding: str) -> str:
    try:
        codecs.lookup(encoding)
    except LookupError:
        return "cp1250"
    return encoding
