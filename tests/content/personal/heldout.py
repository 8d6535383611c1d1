"""Two more marked sets, written apart from the first and from the detector's rules: whole documents in many styles.

``second`` was measured before the rules were mended by it; ``third`` has other people, styles and ways of writing,
and no rule was made by looking at it. Marks are those of ``marked``; what stands outside them is clean.
"""

# ruff: noqa: E501 - lists of words and documents are easier to read as texts
from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.content.personal import heldout_texts as texts
from tests.content.personal.marked import CASES, Passage, parse

NBSP, LINE = "\u00a0", "\n"


def _forms(text: str) -> list[dict[str, str]]:
    return [dict(zip(CASES, row.split(), strict=True)) for row in text.strip().replace("\n", ";").split(";")]


@dataclass(frozen=True)
class People:
    """Given names and surnames of men and of women, in all cases."""

    given: tuple[list[dict[str, str]], list[dict[str, str]]]
    family: tuple[list[dict[str, str]], list[dict[str, str]]]

    @classmethod
    def of(cls, men: str, women: str, surnames_m: str, surnames_f: str) -> People:
        return cls((_forms(men), _forms(women)), (_forms(surnames_m), _forms(surnames_f)))


class Writer:
    """Fills documents; the same seed writes the same."""

    def __init__(self, seed: int, people: People, ways: dict[str, Sequence[str]]) -> None:
        self.chance, self.people, self.ways = random.Random(seed), people, ways
        self.made: dict[str, Callable[[], str]] = {
            "pesel": self.pesel, "nip": self.nip, "account": self.account, "identity_card": self.card,
            "passport": self.passport, "land_register": self.land, "phone": self.phone, "email": self.mail,
            "address": self.address, "birth": self.birth,
        }  # fmt: skip

    def digits(self, count: int) -> str:
        return "".join(self.chance.choice("0123456789") for _ in range(count))

    def _way(self, kind: str, digits: str) -> str:
        """The digits in one of the ways this set writes ``kind``: ``#`` is a digit, ``_`` a hard space, ``|`` a line."""
        signs = iter(digits)
        pattern = self.chance.choice(self.ways[kind])
        return "".join(next(signs) if c == "#" else NBSP if c == "_" else LINE if c == "|" else c for c in pattern)

    def pesel(self) -> str:
        year, month, day = self.chance.randrange(30, 99), self.chance.randrange(1, 13), self.chance.randrange(1, 28)
        first = f"{year:02}{month:02}{day:02}{self.digits(4)}"
        return self._way(
            "pesel", first + str(-sum(int(d) * w for d, w in zip(first, (1, 3, 7, 9) * 3, strict=False)) % 10)
        )

    def nip(self) -> str:
        while True:
            first = "5" + self.digits(8)
            rest = sum(int(d) * w for d, w in zip(first, (6, 5, 7, 2, 3, 4, 5, 6, 7), strict=True)) % 11
            if rest < 10:
                return self._way("nip", f"{first}{rest}")

    def account(self) -> str:
        rest = self.digits(24)
        return self._way("account", f"{98 - int(rest + '252100') % 97:02}{rest}")

    def _document(self, letters: int, digits: int, weights: tuple[int, ...]) -> tuple[str, str]:
        word = "".join(self.chance.choice("ABCDEFGHJKLMNPRSTUWZ") for _ in range(letters))
        rest = self.digits(digits - 1)
        values = [ord(c) - 55 for c in word] + [int(d) for d in rest]
        return word, f"{sum(v * w for v, w in zip(values, weights, strict=True)) % 10}{rest}"

    def card(self) -> str:
        word, digits = self._document(3, 6, (7, 3, 1, 7, 3, 1, 7, 3))
        return self._way("identity_card", digits).replace("@@@", word)

    def passport(self) -> str:
        word, digits = self._document(2, 7, (7, 3, 1, 7, 3, 1, 7, 3))
        return self._way("passport", digits).replace("@@", word)

    def land(self) -> str:
        court = self.chance.choice(["LD1P", "GD1G", "PO2P", "RZ1Z", "SZ1S", "TR1B"])
        body = court + f"000{self.digits(5)}"
        values = ["0123456789XABCDEFGHIJKLMNOPRSTUWYZ".index(c) for c in body]
        check = sum(v * (1, 3, 7)[n % 3] for n, v in enumerate(values)) % 10
        return self._way("land_register", f"{body[4:]}{check}").replace("@@@@", court)

    def phone(self) -> str:
        return self._way("phone", self.chance.choice("5678") + self.digits(8))

    def mail(self) -> str:
        return self.chance.choice(self.ways["email"])

    def address(self) -> str:
        return self.chance.choice(self.ways["address"])

    def birth(self) -> str:
        return self.chance.choice(self.ways["birth"])

    def person(self, case: str, style: str) -> str:
        woman = self.chance.random() < 0.5
        given, second = (self.chance.choice(self.people.given[woman])[case] for _ in range(2))
        family, other = (self.chance.choice(self.people.family[woman])[case] for _ in range(2))
        shown = {
            "turned": f"{family} {given}", "capitals": f"{given} {family}".upper(), "initial": f"{given[0]}. {family}",
            "second": f"{given} {second} {family}", "turned_capitals": f"{family.upper()} {given}", "broken": f"{given}\n{family}",
            "hard": f"{given}{NBSP}{family}", "surname": family, "comma": f"{family}, {given}", "tight": f"{given[0]}.{family}",
            "double": f"{given} {family}-{other}", "two_initials": f"{given[0]}. {second[0]}. {family}",
            "all_turned": f"{family} {given}".upper(), "after": f"{family} {given[0]}.",
        }  # fmt: skip
        return shown.get(style, f"{given} {family}")

    def fill(self, template: str) -> str:
        def slot(match: re.Match[str]) -> str:
            what, _, style = match[1].partition(".")
            if what in CASES:
                return f"‹name|{self.person(what, style)}›"
            return f"‹{what}|{self.made[what]()}›"

        return re.sub(r"\{([\w.]+)\}", slot, template)


def _documents(text: str) -> list[str]:
    return [one.strip() for one in text.split("\n----\n") if one.strip()]


def second() -> list[Passage]:
    """256 documents: 32 styles, each written eight times."""
    writer = Writer(77, People.of(texts.MEN_2, texts.WOMEN_2, texts.SURNAMES_M_2, texts.SURNAMES_F_2), texts.WAYS_2)
    return [parse(writer.fill(one)) for _ in range(8) for one in _documents(texts.DOCUMENTS_2)]


def third() -> list[Passage]:
    """160 documents: 20 other styles, other people, other ways of writing."""
    writer = Writer(770, People.of(texts.MEN_3, texts.WOMEN_3, texts.SURNAMES_M_3, texts.SURNAMES_F_3), texts.WAYS_3)
    return [parse(writer.fill(one)) for _ in range(8) for one in _documents(texts.DOCUMENTS_3)]


def clean() -> list[str]:
    """Documents of an office with no personal data in them."""
    return _documents(texts.CLEAN)
