"""Names and identifiers in the one form in which they are compared."""

from __future__ import annotations

import unicodedata

from stdnum.exceptions import ValidationError
from stdnum.pl import nip, pesel, regon

_CHECKED = {"pesel": pesel, "nip": nip, "regon": regon}
_STROKES = str.maketrans({"ł": "l", "đ": "d", "ø": "o", "ß": "ss"})
KRS_DIGITS = 10

STRONG = ("pesel", "nip", "regon", "krs", "epuap")
"""What identifies a party beyond doubt, the strongest first."""

MAX_NAME = 300


def plain(text: str) -> str:
    """Small letters without diacritics and double spaces: ``Łukasz  Żak`` → ``lukasz zak``."""
    folded = unicodedata.normalize("NFKD", text.casefold()).translate(_STROKES)
    return " ".join("".join(c for c in folded if not unicodedata.combining(c)).split())


def sort_name(name: str, first_name: str = "", last_name: str = "") -> str:
    """What a list of parties is sorted by: the surname first, when it is known."""
    whole = f"{last_name} {first_name}" if last_name.strip() else name
    return plain(whole)[:MAX_NAME]


def tidy(text: str, limit: int) -> str:
    """One line of text from outside: no control characters, no double spaces, at most ``limit`` characters."""
    kept = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    shown = "".join(c for c in kept if unicodedata.category(c)[0] != "C")
    return " ".join(shown.split())[:limit].rstrip()


def identifier(kind: str, value: str) -> str | None:
    """The identifier as stored; ``None`` when it identifies nobody (empty, or its check digit is wrong)."""
    value = value.strip()
    if kind in _CHECKED:
        try:
            return str(_CHECKED[kind].validate(value))
        except ValidationError:
            return None
    if kind == "krs":
        digits = value.zfill(KRS_DIGITS)
        return digits if value and digits.isascii() and digits.isdigit() and len(digits) == KRS_DIGITS else None
    return value[:120] if kind in STRONG and value else None


def identifiers(given: dict[str, str]) -> dict[str, str]:
    """Those of ``given`` that identify somebody, in the order of ``STRONG`` (also the order of locking)."""
    read = {kind: identifier(kind, given.get(kind, "")) for kind in STRONG}
    return {kind: value for kind, value in read.items() if value is not None}
