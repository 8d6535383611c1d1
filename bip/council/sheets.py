"""Votes brought from a table (CSV) of the voting system: understood whole, or not taken at all, line by line.

How one councillor voted once is a line: ``nr``, ``temat``, ``punkt``, ``uchwala``, ``wiekszosc``, ``radny``, ``glos``.
The table that a session's page gives out can be brought in again.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bip.council.voting import MAX_SUBJECT, WAYS, Council, Vote, majorities
from portal.core.errors import Invalid
from portal.web.texts import message
from search.extraction import readers

COLUMNS = ("nr", "temat", "punkt", "uchwala", "wiekszosc", "radny", "glos")
_NEEDED = ("nr", "temat", "radny", "glos")
MAX_BYTES, MAX_LINES = 2_000_000, 20_000
_TOLD = 200
"""How many lines a report names; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A line of the table that is not understood, and why (a sentence). Line 1 is the heading; 0: all of it."""

    line: int
    text: str


@dataclass(slots=True)
class Sheet:
    """What a table says: its votes without keys, or what is wrong with it."""

    votes: list[Vote] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    more: int = 0
    """Problems beyond those named."""

    def wrong(self, line: int, code: str, **facts: object) -> None:
        if len(self.problems) < _TOLD:
            self.problems.append(Problem(line, message(code, **facts)))
        else:
            self.more += 1


@dataclass(frozen=True, slots=True)
class Known:
    """What a table's words are understood by: the council, the points of the agenda by their place, ``acts``: numbers
    of resolutions as written → their items, for those there are."""

    council: Council
    points: Sequence[int]
    acts: Callable[[set[str]], Mapping[str, int]]


def read(data: bytes, known: Known) -> Sheet:
    """The votes in ``data`` (UTF-8 or Windows-1250; columns parted by ``;``, ``,`` or tab)."""
    sheet = Sheet()
    try:
        lines = list(_lines(data))
    except Invalid as refusal:
        sheet.wrong(0, refusal.code, **refusal.details)
        return sheet
    votes: dict[str, _Gathered] = {}
    names, acts = _names(known.council), known.acts({line["uchwala"] for _, line in lines} - {""})
    for number, line in lines:
        if line["nr"] and line["nr"] not in votes:
            votes[line["nr"]] = _begun(sheet, number, line, known.points, acts)
        _take(sheet, votes.get(line["nr"]), number, line, names)
    for one in votes.values():
        if missing := [member.name for member in known.council.members if member.key not in one.cast]:
            sheet.wrong(one.line, "bip.sheet_missing", number=one.number, names=", ".join(missing))
    if not votes and not sheet.problems:
        sheet.wrong(0, "bip.sheet_empty")
    sheet.votes = [one.vote() for one in votes.values()]
    return sheet


@dataclass(slots=True)
class _Gathered:
    """A vote as its lines build it up."""

    number: str
    line: int
    subject: str
    point: int
    act: int
    majority: str
    cast: dict[str, str] = field(default_factory=dict)

    def vote(self) -> Vote:
        return Vote(0, self.subject, self.point, self.act, self.majority, self.cast)


def _take(sheet: Sheet, vote: _Gathered | None, number: int, line: Mapping[str, str], names: Mapping[str, str]) -> None:
    """Add one line to the vote it belongs to, or say what is wrong with it."""
    way, who = ways().get(_plain(line["glos"])), names.get(_plain(line["radny"]))
    if vote is None:
        sheet.wrong(number, "bip.sheet_no_number")
    elif line["temat"] and line["temat"] != vote.subject:
        sheet.wrong(number, "bip.sheet_other_subject", number=vote.number, first=vote.line)
    elif who is None:
        sheet.wrong(number, "bip.sheet_no_councillor", name=line["radny"] or "–")
    elif way is None:
        sheet.wrong(number, "bip.sheet_no_way", text=line["glos"] or "–")
    elif who in vote.cast:
        sheet.wrong(number, "bip.sheet_twice", name=line["radny"], number=vote.number)
    else:
        vote.cast[who] = way


def _begun(
    sheet: Sheet, number: int, line: Mapping[str, str], points: Sequence[int], acts: Mapping[str, int]
) -> _Gathered:
    """The vote whose first line this is; what is wrong with it is said once."""
    subject, point, act = line["temat"], 0, acts.get(line["uchwala"], 0)
    if not subject or len(subject) > MAX_SUBJECT:
        sheet.wrong(number, "bip.vote_subject", limit=MAX_SUBJECT)
    if line["punkt"]:
        place = int(line["punkt"]) if line["punkt"].isdecimal() and len(line["punkt"]) < 4 else 0
        point = points[place - 1] if 0 < place <= len(points) else 0
        if not point:
            sheet.wrong(number, "bip.sheet_no_point", text=line["punkt"])
    if line["uchwala"] and not act:
        sheet.wrong(number, "bip.sheet_no_act", text=line["uchwala"])
    majority = _majority(line["wiekszosc"])
    if not majority:
        sheet.wrong(number, "bip.sheet_no_majority", text=line["wiekszosc"])
    return _Gathered(line["nr"], number, subject, point, act, majority)


def _majority(text: str) -> str:
    if not text:
        return "simple"
    known = {_plain(row["title"]): code for code, row in majorities().items()} | {code: code for code in majorities()}
    return known.get(_plain(text), "")


def ways() -> dict[str, str]:
    """How a vote may be written → the way it means: our words, our codes and the short forms of other systems."""
    found = {way: way for way in WAYS}
    for way in WAYS:
        found[_plain(message(f"bip.vote.{way}"))] = way
        found |= {_plain(word): way for word in message(f"bip.sheet.words.{way}").split(",")}
    return found


def _names(council: Council) -> dict[str, str]:
    """A councillor's name, either part first → the key."""
    found: dict[str, str] = {}
    for one in council.members:
        first, _, last = one.name.rpartition(" ")
        found |= {_plain(one.key): one.key, _plain(one.name): one.key, _plain(f"{last} {first}"): one.key}
    return found


def _plain(text: str) -> str:
    return " ".join(text.replace("'", " ", text.startswith("'")).casefold().split())


def _lines(data: bytes) -> Iterable[tuple[int, dict[str, str]]]:
    """The lines after the heading with their numbers in the file. Raises ``Invalid``."""
    if len(data) > MAX_BYTES:
        raise Invalid("bip.sheet_too_large", limit=MAX_BYTES // 1_000_000)
    text = _text(data)
    heading = text.partition("\n")[0]
    delimiter = max(";,\t", key=heading.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        names = [_plain(name).replace("ł", "l").replace("ę", "e") for name in next(rows, [])]
        if lacking := [name for name in _NEEDED if name not in names]:
            raise Invalid("bip.sheet_no_columns", names=", ".join(lacking))
        found = []
        for cells in rows:
            if any(cell.strip() for cell in cells):
                told = {name: cell.strip() for name, cell in zip(names, cells, strict=False)}
                found.append((rows.line_num, {name: told.get(name, "") for name in COLUMNS}))
            if len(found) > MAX_LINES:
                raise Invalid("bip.sheet_too_long", limit=MAX_LINES)
    except csv.Error as cause:
        raise Invalid("bip.sheet_unreadable") from cause
    return found


def _text(data: bytes) -> str:
    """Raises ``Invalid`` for what is no text."""
    text = readers.decoded(data)
    if text is None:
        raise Invalid("bip.sheet_unreadable")
    return text
