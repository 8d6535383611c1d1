"""The demonstration's council: its roll, sessions with agendas and roll-call votes, interpellations, petitions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bip import petitions
from bip.council import actions as council
from bip.council import roll
from bip.council.agenda import Point
from bip.council.voting import Vote
from portal.content import actions as content
from portal.content import acts, drawn, paths, versions
from portal.content.models import Item
from portal.core import clock, documents
from portal.core.actors import Actor
from portal.core.blobs import BlobStore

SESSIONS = "/bip/organy/sesje"
_WAYS = {"+": "for", "-": "against", "o": "abstained", "n": "silent", "x": "absent"}
Ready = Callable[[Session, Actor, Item], None]
"""What an editor does before publishing."""


def seed(session: Session, blobs: BlobStore, actor: Actor, demo: dict[str, Any], ready: Ready) -> None:
    """Plant the roll, the sessions and the summaries; what exists is left as it is."""
    _term(session, actor, demo["term"], ready)
    for one in demo["sessions"]:
        if acts.at(session, paths.join(SESSIONS, one["name"])) is None:
            _sitting(session, blobs, actor, one, ready)
    for year in demo["summaries"]:
        if petitions.summary_of(session, year) is None:
            number = petitions.draft(session, actor, year)
            _publish(session, actor, number, ready)


def dated(fields: dict[str, Any]) -> dict[str, Any]:
    """Fields with days written as ``-6`` or ``+16`` from today, so that terms of the demonstration always run."""
    found = dict(fields)
    for name, value in fields.items():
        if name.endswith("_on") and str(value).startswith(("+", "-")):
            found[name] = (clock.today() + timedelta(days=int(value))).isoformat()
    promised = roll.day_of(found.get("captions_promised"))
    if promised is not None and promised < clock.today():
        found["captions_on"] = promised.isoformat()
    return found


def _publish(session: Session, actor: Actor, number: int, ready: Ready) -> None:
    ready(session, actor, session.get_one(Item, number))
    content.publish(session, actor, number)


def _term(session: Session, actor: Actor, node: dict[str, Any], ready: Ready) -> None:
    if acts.at(session, paths.join(node["place"], node["name"])) is None:
        number = _create(session, actor, node["place"], roll.TYPE, node, ())
        council.set_roll(session, actor, number, node["roll"])
        _publish(session, actor, number, ready)


def _create(session: Session, actor: Actor, place: str, kind: str, node: dict[str, Any], files: tuple[int, ...]) -> int:
    titles = [versions.Attachment(one, node["file"]["title"]) for one in files]
    return content.create_item(
        session, actor, place, kind, node["title"], name=node["name"], summary=node.get("summary", ""),
        body=node["body"], fields=dated(node["fields"]), files=titles,
    ).id  # fmt: skip


def _sitting(session: Session, blobs: BlobStore, actor: Actor, node: dict[str, Any], ready: Ready) -> None:
    files = (_file(session, blobs, actor, node["file"]),) if "file" in node else ()
    number = _create(session, actor, SESSIONS, council.SESSION, node, files)
    points = [_point(session, key, row, files) for key, row in enumerate(node["agenda"], 1)]
    council.set_agenda(session, actor, number, points)
    if node["votes"]:
        day = roll.day_of(node["fields"]["held_on"]) or clock.today()
        keys = [member.key for member in roll.council_on(session, day).members]
        votes = [_vote(session, row, keys) for row in node["votes"]]
        council.bring_votes(session, actor, number, votes, instead=False)
    _publish(session, actor, number, ready)


def _point(session: Session, key: int, row: dict[str, Any], files: tuple[int, ...]) -> Point:
    items = tuple(number for path in row.get("items", ()) if (number := acts.at(session, path)) is not None)
    point = Point(key, row["title"], items)
    return replace(point, files=files) if row.get("file") else point


def _vote(session: Session, row: dict[str, Any], keys: list[str]) -> Vote:
    cast = {key: _WAYS[sign] for key, sign in zip(keys, row["ways"], strict=True)}
    act = acts.at(session, row["act"]) if "act" in row else None
    return Vote(0, row["subject"], row.get("point", 0), act or 0, row.get("majority", "simple"), cast)


def _file(session: Session, blobs: BlobStore, actor: Actor, file: dict[str, str]) -> int:
    """A draft as PDF with text that can be read aloud and searched."""
    made_at = datetime.combine(clock.today(), time(), UTC)
    data = drawn.pdf(file["text"], title=file["title"], source=file["title"], site="", made_at=made_at)
    return documents.store(session, blobs, actor, data=data, name=file["name"], origin="made").id
