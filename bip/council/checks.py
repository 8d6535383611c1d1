"""Before a session or a roll is published; and how their rows read where versions are compared and found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from bip import courses, rules
from bip.council import agenda, recordings, roll
from bip.council.actions import SESSION
from bip.council.agenda import AGENDA, Point
from bip.council.roll import ROLL, Councillor
from bip.council.voting import COUNCIL, VOTES, Council, Vote, lacks, votes_of
from portal.content import standing, structures
from portal.content.models import Item, ItemVersion
from portal.content.structures import Structure
from portal.core import clock
from portal.core.errors import Invalid
from portal.web import formats
from portal.web.texts import message


def check(session: Session, item: Item, version: ItemVersion) -> None:
    """Before publication: every vote is whole and nothing is voted on before its day. Raises ``Invalid``."""
    fields = version.fields
    if item.type == roll.TYPE:
        if not fields.get(ROLL) or not roll.seats_of(fields):
            raise Invalid("bip.no_councillors")
        return
    if item.type == "resolution" and fields.get(standing.FIELD) != "draft" and not fields.get("adopted_on"):
        raise Invalid("bip.adopted_missing")
    if item.type == "vacancy_result" and fields.get("outcome") == "chosen":
        lacking = [name for name in ("chosen", "residence", "grounds") if not str(fields.get(name) or "").strip()]
        if lacking:
            raise Invalid("bip.chosen_missing")
    courses.check(session, item, version, rules.of_item(item))
    if item.type != SESSION:
        return
    recordings.check(session, version, rules.of_item(item))
    day, votes = roll.day_of(fields.get("held_on")), votes_of(fields)
    if votes and day is not None and day > clock.today():
        raise Invalid("bip.votes_ahead", day=formats.day(day))
    for lack in lacks(fields, [point.key for point in agenda.points_of(fields)]):
        raise Invalid(lack.code, **lack.facts)


def _agenda_words(rows: Any, _fields: Mapping[str, Any]) -> str:
    return "\n".join(f"{place}. {Point.of(row).title}" for place, row in enumerate(rows, 1))


def _vote_words(rows: Any, fields: Mapping[str, Any]) -> str:
    """Each vote with how everyone voted."""
    told, names = [], {one.key: one.name for one in Council.of(fields).members}
    for place, vote in enumerate(map(Vote.of, rows), 1):
        told.append(f"{place}. {vote.subject}")
        told += [f"{place}. {names.get(who, who)}: {message(f'bip.vote.{way}')}" for who, way in vote.cast.items()]
    return "\n".join(told)


def _drafts(rows: Any) -> list[int]:
    return [number for row in rows for number in Point.of(row).items]


def _acts(rows: Any) -> list[int]:
    return [vote.act for vote in map(Vote.of, rows) if vote.act]


def _drafts_here(rows: Any, known: Mapping[int, int]) -> Any:
    """Files are others here too, so points name none until an editor ties them again."""
    return [row | {"items": [known[one] for one in row["items"] if one in known], "files": []} for row in rows]


def _acts_here(rows: Any, known: Mapping[int, int]) -> Any:
    return [row | {"act": known.get(int(row.get("act") or 0), 0)} for row in rows]


def _term_here(row: Any, known: Mapping[int, int]) -> Any:
    return row | {"term": known.get(int(row["term"]), 0)}


def _council_names(row: Any) -> list[str]:
    return [one.name for one in Council.of({COUNCIL: row}).members]


def _roll_words(rows: Any, _fields: Mapping[str, Any]) -> str:
    people = (Councillor.of(row) for row in rows)
    return "\n".join(" ".join(filter(None, (one.name, one.club, _mandate(one)))) for one in people)


def _mandate(one: Councillor) -> str:
    days = [day.isoformat() if day else "…" for day in (one.since, one.until)]
    return f"({days[0]} – {days[1]})" if one.since or one.until else ""


structures.STRUCTURES.register(
    AGENDA, Structure("bip.part.agenda", _agenda_words, targets=_drafts, retarget=_drafts_here)
)
structures.STRUCTURES.register(VOTES, Structure("bip.part.votes", _vote_words, targets=_acts, retarget=_acts_here))
structures.STRUCTURES.register(
    COUNCIL,
    Structure(
        "bip.part.council", lambda row, _: ", ".join(_council_names(row)), people=_council_names,
        targets=lambda row: [int(row["term"])], retarget=_term_here,
    ),
)  # fmt: skip
structures.STRUCTURES.register(
    ROLL, Structure("bip.part.roll", _roll_words, people=lambda rows: [str(row.get("name", "")) for row in rows])
)
