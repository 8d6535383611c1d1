"""What personal data looks like in Polish official letters: patterns and checks, without any names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Check = Callable[[str], bool]

_STREET_WORDS = r"(?:ul|al|pl|os)\."
_UPPER = "A-ZĄĆĘŁŃÓŚŹŻ"


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def _anything(_text: str) -> bool:
    return True


def _weighted(digits: str, weights: tuple[int, ...]) -> int:
    return sum(int(d) * w for d, w in zip(digits, weights, strict=False))


def is_nip(text: str) -> bool:
    digits = _digits(text)
    return len(digits) == 10 and _weighted(digits, (6, 5, 7, 2, 3, 4, 5, 6, 7)) % 11 == int(digits[9])


def is_iban(text: str) -> bool:
    """A Polish account number: 26 digits whose check holds for country PL."""
    digits = _digits(text)
    return len(digits) == 26 and int(digits[2:] + "2521" + digits[:2]) % 97 == 1


@dataclass(frozen=True, slots=True)
class Pattern:
    """A kind of data, how it is written, and a check that lowers false alarms. The group ``data`` is replaced."""

    kind: str
    shape: re.Pattern[str]
    check: Check = _anything


_NIP = r"(?<![\d-])(?P<data>\d{3}-?\d{3}-?\d{2}-?\d{2}|\d{3}-\d{2}-\d{2}-\d{3})(?![\d-])"
_PHONE = r"(?<![\d/.-])(?P<data>(?:\+48 ?)?(?:\d{3}[ -]\d{3}[ -]\d{3}|\d{2} \d{3} \d{2} \d{2}))(?![\d/-])"
_CALL = r"(?i:\btel(?:efon|\.)?[ .:]*(?:kom\.)?\W{0,3})(?P<data>(?:\+48)?[ -]?\d[\d -]{6,12}\d)"
_BIRTH = r"(?i:\bur(?:odzon\w+|\.)\s+(?:dnia\s+|w dniu\s+)?)(?P<data>\d{1,2}[. ]\S{1,12}[. ]\d{4})"
_HOUSE = r"\d+[A-Za-z]?(?: ?[/m.] ?\d+[A-Za-z]?)?"
_STREET = rf"(?P<data>{_STREET_WORDS} ?(?:[{_UPPER}0-9][\w.-]*\s?){{1,4}} ?{_HOUSE})"
_TOWN = rf"(?<!\d)(?P<data>\d{{2}}-\d{{3}} [{_UPPER}][\w-]+(?: [{_UPPER}][\w-]+)?)"
_LIVES = rf"(?i:\bzam(?:ieszkał\w+|\.))\s+(?:w\s+)?(?P<data>[{_UPPER}][\w-]+(?: [\w./-]+)?\s\d+[A-Za-z]?(?:/\d+)?)"

PATTERNS = (
    Pattern("email", re.compile(r"(?P<data>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)")),
    Pattern("account", re.compile(r"(?<!\d)(?P<data>(?:PL ?)?\d{2}(?: ?\d{4}){6})(?!\d)"), is_iban),
    # Eleven digits are hidden even with a wrong check digit: a misspelt PESEL still points at a person.
    Pattern("pesel", re.compile(r"(?<!\d)(?P<data>\d{11})(?!\d)")),
    Pattern("nip", re.compile(r"(?i:\bNIP\b)\W{0,3}(?P<data>\d[\d -]{8,12}\d)")),
    Pattern("nip", re.compile(_NIP), is_nip),
    Pattern("regon", re.compile(r"(?i:\bREGON\b)\W{0,3}(?P<data>\d{9}(?:\d{5})?)(?!\d)")),
    Pattern("identity_card", re.compile(rf"(?<![{_UPPER}\d])(?P<data>[A-Z]{{3}} ?\d{{6}})(?!\d)")),
    Pattern("land_register", re.compile(r"(?P<data>\b[A-Z]{2}\d[A-Z]/\d{8}/\d\b)")),
    Pattern("e_address", re.compile(r"(?P<data>\bAE:PL-[\dA-Z-]+)")),
    Pattern("box", re.compile(r"(?<!\w)(?P<data>/[\w.-]+/[Ss]krytka[\w-]*|/[\w.-]+/domyslna)\b")),
    Pattern("phone", re.compile(_PHONE)),
    Pattern("phone", re.compile(_CALL)),
    Pattern("birth", re.compile(_BIRTH)),
    Pattern("address", re.compile(_STREET)),
    Pattern("address", re.compile(_TOWN)),
    Pattern("address", re.compile(_LIVES)),
)


def find(text: str) -> Iterator[tuple[int, int, str]]:
    """Every place (start, end, kind) in ``text`` that looks like personal data."""
    for pattern in PATTERNS:
        for match in pattern.shape.finditer(text):
            if pattern.check(match["data"]):
                yield match.start("data"), match.end("data"), pattern.kind
