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
_PAGES = {b"page", b"softpage"}


_SYMBOLS = {b"~": "\u00a0", b"_": "-", b"\\": "\\", b"{": "{", b"}": "}"}


class _Group:
    """The group we are in: is it hidden, and how many characters repeat a Unicode escape for old readers."""

    __slots__ = ("hidden", "repeated")

    def __init__(self, hidden: bool = False, repeated: int = 1) -> None:
        self.hidden, self.repeated = hidden, repeated


class _Reader:
    """Reads tokens one after another into pages."""

    def __init__(self) -> None:
        self.pages: list[list[str]] = [[]]
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
        if not self._groups[-1].hidden:
            self.pages[-1].append(text)

    def _brace(self, brace: bytes) -> None:
        self._left = 0
        if brace == b"{":
            self._groups.append(_Group(self._groups[-1].hidden, self._groups[-1].repeated))
        elif len(self._groups) > 1:
            self._groups.pop()

    def _word(self, word: bytes, number: int) -> None:
        group = self._groups[-1]
        if word in _HIDDEN:
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


def _unicode(number: int) -> str:
    code = number % 0x10000
    return chr(code) if not 0xD800 <= code <= 0xDFFF else " "


def _known(encoding: str) -> str:
    try:
        codecs.lookup(encoding)
    except LookupError:
        return "cp1250"
    return encoding
