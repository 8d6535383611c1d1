"""The demonstration's Bulletin: the menu in the law's order with legal bases, and a few invented publications."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bip import actions, relations, seed_council
from bip.types import ROOT
from portal.content import acts, paced, paths
from portal.content.models import Item, ItemVersion
from portal.content.paced import Step
from portal.content.personal import deciding, review
from portal.content.personal.asking import CHECK
from portal.content.personal.effects import effects
from portal.content.seed import planted
from portal.content.workflow import PUBLISHED
from portal.core import outbox
from portal.core.actors import Actor
from portal.core.blobs import BlobStore
from portal.core.outbox import Job
from portal.core.ports import Ports

_DATA = Path(__file__).parent / "data"


def _read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((_DATA / name).read_text("utf-8"))
    return content


def menu() -> list[dict[str, Any]]:
    """The sections of a gmina's Bulletin with their legal bases, as nodes to plant."""
    return [_section(node) for node in _read("menu.json")["menu"]]


def _section(node: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "bip_folder",
        "name": node["name"],
        "title": node["title"],
        "fields": {"basis": node["basis"]},
        "children": [_section(child) for child in node.get("children", ())],
    }


def seed(session: Session, blobs: BlobStore, actor: Actor) -> None:
    """Make the Bulletin under an existing root of the portal; what exists is left as it is."""
    paced.play(steps(session, blobs, actor))


def steps(session: Session, blobs: BlobStore, actor: Actor) -> Iterator[Step]:
    """The same as acts, each with its moment, in no order of time."""
    demo = _read("demo.json")
    ready = _Decided(blobs)
    yield from planted(session, blobs, actor, paths.ROOT, [demo["root"]], ready)
    yield from planted(session, blobs, actor, ROOT, menu(), ready)
    items = [*demo["items"].items(), *_read("demo_articles.json")["items"].items()]
    for place, nodes in items:
        yield from planted(session, blobs, actor, place, [_marked(node) for node in nodes], ready)
    yield from _council(session, blobs, actor, ready)
    for one in demo["relations"]:
        when = paced.on(date.fromisoformat(one["since"]), hour="15:05")
        yield Step(when, partial(_relate, session, actor, **one))
    for one in demo["withdrawals"]:
        when = paced.moment(one.pop("day"), "10:40")
        yield Step(when, partial(_withdraw, session, actor, **one))


def _council(session: Session, blobs: BlobStore, actor: Actor, ready: _Decided) -> Iterator[Step]:
    """The council with its sessions, what councillors asked, and petitions with their course."""
    demo = _read("demo_council.json")
    for place, nodes in demo["items"].items():
        yield from planted(session, blobs, actor, place, [_marked(node) for node in nodes], ready)
    demo["term"], demo["sessions"] = _marked(demo["term"]), [_marked(one) for one in demo["sessions"]]
    yield from seed_council.steps(session, blobs, actor, demo, ready)


def _marked(node: dict[str, Any]) -> dict[str, Any]:
    """A node with the marks of the law, written shortly as ``by``: who produced it, who answers for it, when."""
    if "by" not in node:
        return node
    produced_by, responsible, produced_on = node["by"]
    marks = {
        "publisher": "Urząd Gminy Wrotkowo", "produced_by": produced_by, "responsible": responsible,
        "produced_on": produced_on,
    }  # fmt: skip
    return node | {"fields": marks | node.get("fields", {})}


class _Decided:
    """What an editor does before publishing: lets the files be looked into, and decides what of personal data stays.

    Whoever the invented texts name holds a public function.
    """

    def __init__(self, blobs: BlobStore) -> None:
        self._check = {effect.topic: effect for effect in effects(blobs)}[CHECK]

    def __call__(self, session: Session, actor: Actor, item: Item) -> None:
        if actor.user_id is None:
            return
        version = session.get_one(ItemVersion, item.draft_version_id)
        found = review.review(session, item, version)
        for file in found.waiting:
            job = session.scalars(select(Job).where(Job.key == f"{CHECK}:{file.document.sha256}")).one()
            request = self._check.load(session, job.payload)
            self._check.save(session, job.payload, self._check.call(Ports(), request))
            outbox.finish(job)
        if found.waiting:
            found = review.review(session, item, version)
        for finding in found.findings:
            deciding.remember(session, actor, item, finding, (review.KEEP, "public_function"))


def _relate(session: Session, actor: Actor, source: str, kind: str, target: str, since: str, basis: str) -> None:
    """Say what one act does to another, unless something is said of it already."""
    one, other = (session.scalars(select(Item).where(Item.path == path)).one() for path in (source, target))
    if not relations.for_editor(session, one.id):
        day = date.fromisoformat(since)
        relations.add(session, actor, one.id, kind=kind, target_id=other.id, since=day, basis=basis)


def _withdraw(session: Session, actor: Actor, path: str, reason: str, into: str = "") -> None:
    """Withdraw one item: merged with ``into``, or with its text kept; what is no longer published is left as it is."""
    item = session.scalars(select(Item).where(Item.path == path)).one()
    if item.state != PUBLISHED:
        return
    if into:
        actions.withdraw(session, actor, item.id, reason=reason, into=acts.at(session, into))
    else:
        actions.retire(session, actor, item.id, reason=reason)
