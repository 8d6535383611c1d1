"""A roll-call vote as it is kept, and what follows of it: totals, quorum, result. Nothing of that is typed.

Votes are rows of a session's field ``votes``; the councillors entitled to vote stand beside them (``council``) as
they were on the day, so that a later change of the roll changes no vote.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

WAYS = ("for", "against", "abstained", "silent", "absent")
"""How a councillor stands in a list of votes (u.s.g. art. 14 ust. 4); ``silent``: present, did not vote."""
_PRESENT = WAYS[:-1]
VOTES, COUNCIL = "votes", "council"
"""The fields of a session that hold them."""
MAX_VOTES, MAX_SUBJECT = 300, 500


@dataclass(frozen=True, slots=True)
class Member:
    """A councillor entitled to vote: the key within the term, the name on the day."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Council:
    """The council as it was on the day of a session. ``term``: the item with its roll; ``seats``: by statute."""

    term: int
    seats: int
    members: tuple[Member, ...]

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> Council:
        """As kept in a session's fields; nobody when nothing is."""
        row = fields.get(COUNCIL) or {}
        members = (Member(str(one["key"]), str(one["name"])) for one in row.get("members", []))
        return cls(int(row.get("term") or 0), int(row.get("seats") or 0), tuple(members))

    def row(self) -> dict[str, Any]:
        members = [{"key": one.key, "name": one.name} for one in self.members]
        return {"term": self.term, "seats": self.seats, "members": members}


@dataclass(frozen=True, slots=True)
class Vote:
    """One vote. ``point``: the key of the point of the agenda, ``act``: the item of the resolution; 0: none.

    ``cast``: councillor's key → one of ``WAYS``.
    """

    key: int
    subject: str
    point: int
    act: int
    majority: str
    cast: Mapping[str, str]

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Vote:
        cast = {str(who): str(way) for who, way in (row.get("cast") or {}).items()}
        return cls(
            int(row["key"]), str(row.get("subject", "")), int(row.get("point") or 0), int(row.get("act") or 0),
            str(row.get("majority") or "simple"), cast,
        )  # fmt: skip

    def row(self) -> dict[str, Any]:
        return {
            "key": self.key, "subject": self.subject, "point": self.point, "act": self.act, "majority": self.majority,
            "cast": dict(self.cast),
        }  # fmt: skip

    @property
    def totals(self) -> dict[str, int]:
        """How many voted each way, in the order of ``WAYS``."""
        counted = Counter(self.cast.values())
        return {way: counted[way] for way in WAYS}

    @property
    def present(self) -> int:
        return sum(self.totals[way] for way in _PRESENT)

    def result(self, seats: int) -> str:
        """``carried``, ``rejected``, or ``no_quorum`` (fewer present than the law asks); ``seats`` 0: unknown."""
        least, of = rules()["quorum"]["share"]
        if seats and self.present * of < seats * least:
            return "no_quorum"
        given = self.totals
        carried = {
            "simple": given["for"] > given["against"],
            "absolute": given["for"] > given["against"] + given["abstained"],
            "statutory": bool(seats) and given["for"] * 2 > seats,
        }[self.majority]
        return "carried" if carried else "rejected"


@cache
def rules() -> dict[str, Any]:
    """The kinds of majority and the quorum with their legal basis (``data/council.json``)."""
    found: dict[str, Any] = json.loads((Path(__file__).parents[1] / "data" / "council.json").read_text("utf-8"))
    return found


@cache
def majorities() -> dict[str, dict[str, str]]:
    """The kinds of majority by code."""
    return {row["code"]: row for row in rules()["majorities"]}


def votes_of(fields: Mapping[str, Any]) -> list[Vote]:
    """The votes of a session in their order."""
    return [Vote.of(row) for row in fields.get(VOTES) or []]


def next_key(rows: Iterable[Mapping[str, Any]]) -> int:
    """A key no row has yet."""
    return max((int(row["key"]) for row in rows), default=0) + 1


@dataclass(frozen=True, slots=True)
class Lack:
    """What a vote lacks to be published: the code of the sentence, and its facts."""

    code: str
    facts: Mapping[str, Any]


def lacks(fields: Mapping[str, Any], points: Sequence[int]) -> list[Lack]:
    """What is missing or wrong in the votes of a session whose agenda has ``points``; empty when all is well."""
    council, found = Council.of(fields), []
    names = {one.key: one.name for one in council.members}
    for number, vote in enumerate(votes_of(fields), 1):
        missing = [name for key, name in names.items() if vote.cast.get(key) not in WAYS]
        if not vote.subject.strip() or vote.majority not in majorities():
            found.append(Lack("bip.vote_incomplete", {"number": number}))
        elif missing or not names:
            found.append(Lack("bip.vote_missing", {"number": number, "names": ", ".join(missing[:5]) or "–"}))
        elif set(vote.cast) - set(names):
            found.append(Lack("bip.vote_stranger", {"number": number}))
        elif vote.point and vote.point not in points:
            found.append(Lack("bip.vote_point_gone", {"number": number}))
    return found
