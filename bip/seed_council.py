"""The demonstration's council: its roll, sessions with agendas and roll-call votes, interpellations, petitions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from bip import petitions
from bip.council import actions as council
from bip.council import roll, voting
from bip.council.agenda import Point
from bip.council.voting import Vote
from portal.content import actions as content
from portal.content import acts, drawn, paced, paths, versions
from portal.content.models import Item, ItemVersion
from portal.content.paced import Step
from portal.core import clock, documents
from portal.core.actors import Actor
from portal.core.blobs import BlobStore

SESSIONS = "/bip/organy/sesje"
_WAYS = {"+": "for", "-": "against", "o": "abstained", "n": "silent", "x": "absent"}
Ready = Callable[[Session, Actor, Item], None]
"""What an editor does before publishing."""


LATER = ("recording", "captions_on", "captions_promised")
"""The fields of a session that are known when it is over."""


def steps(session: Session, blobs: BlobStore, actor: Actor, demo: dict[str, Any], ready: Ready) -> Iterator[Step]:
    """The roll, the sessions and the summaries, each act with its moment; what exists is left as it is."""
    yield Step(None, partial(_term, session, actor, demo["term"], ready))
    for one in demo["sessions"]:
        yield from _sitting(session, blobs, actor, one | {"fields": dated(one["fields"])}, ready)
    for year in demo["summaries"]:
        yield Step(None, partial(_summary, session, actor, year, ready))


def _summary(session: Session, actor: Actor, year: int, ready: Ready) -> None:
    if petitions.summary_of(session, year) is None:
        _publish(session, actor, petitions.draft(session, actor, year), ready)


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


def _publish(session: Session, actor: Actor, number: int, ready: Ready, reason: str = "") -> None:
    ready(session, actor, session.get_one(Item, number))
    content.publish(session, actor, number, reason=reason)


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


def _sitting(session: Session, blobs: BlobStore, actor: Actor, node: dict[str, Any], ready: Ready) -> Iterator[Step]:
    """A session is announced with its agenda; afterwards come acts, votes and the recording, then its captions."""
    fields = node["fields"]
    path = paths.join(SESSIONS, node["name"])
    early = {name: value for name, value in fields.items() if name not in LATER}
    announced = node | {"fields": early, "body": node.get("before", node["body"])}
    yield Step(paced.of_node(announced), partial(_announce, session, blobs, actor, announced, ready))
    held = roll.day_of(fields["held_on"])
    if not node["votes"] or held is None:
        return
    over = {name: value for name, value in fields.items() if name in LATER and name != "captions_on"}
    yield Step(
        paced.on(held + timedelta(days=1), hour="15:20"),
        partial(_report, session, actor, path, node | {"fields": over}, ready),
    )
    if day := roll.day_of(fields.get("captions_on")):
        yield Step(paced.on(day, path), partial(_caption, session, actor, path, fields["captions_on"], ready))


def _announce(session: Session, blobs: BlobStore, actor: Actor, node: dict[str, Any], ready: Ready) -> None:
    if acts.at(session, paths.join(SESSIONS, node["name"])) is None:
        files = (_file(session, blobs, actor, node["file"]),) if "file" in node else ()
        number = _create(session, actor, SESSIONS, council.SESSION, node, files)
        council.set_agenda(session, actor, number, [_point(session, k, row, files) for k, row in _numbered(node)])
        _publish(session, actor, number, ready)


def _numbered(node: dict[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    return iter(enumerate(node["agenda"], 1))


def _report(session: Session, actor: Actor, path: str, node: dict[str, Any], ready: Ready) -> None:
    """What followed of a session: the acts under its points, every vote by name, where to watch it."""
    number = acts.at(session, path) or 0
    item = session.get_one(Item, number)
    live = session.get_one(ItemVersion, item.live_version_id)
    if voting.VOTES in live.fields:
        return
    files = tuple(one.document_id for one in versions.files_of(session, live.id))
    versions.save_draft(
        session, actor, number, expected=None, title=live.title, summary=live.summary, body=node["body"],
        fields=live.fields | node["fields"],
    )  # fmt: skip
    council.set_agenda(session, actor, number, [_point(session, k, row, files) for k, row in _numbered(node)])
    day = roll.day_of(live.fields["held_on"]) or clock.today()
    keys = [member.key for member in roll.council_on(session, day).members]
    votes = [_vote(session, row, keys) for row in node["votes"]]
    council.bring_votes(session, actor, number, votes, instead=False)
    _publish(session, actor, number, ready, reason=node["report"])


def _caption(session: Session, actor: Actor, path: str, day: str, ready: Ready) -> None:
    number = acts.at(session, path) or 0
    live = session.get_one(ItemVersion, session.get_one(Item, number).live_version_id)
    if "captions_on" not in live.fields:
        versions.keep_fields(session, actor, number, {"captions_on": day}, expected=None)
        _publish(session, actor, number, ready, reason="Dodano napisy do nagrania.")


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
