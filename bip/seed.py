"""The demonstration's Bulletin: the menu in the law's order with legal bases, and a few invented publications."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bip import actions, relations
from bip.types import ROOT
from portal.content import acts, paths
from portal.content.models import Item
from portal.content.seed import plant
from portal.content.workflow import PUBLISHED
from portal.core.actors import Actor
from portal.core.blobs import BlobStore

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
    demo = _read("demo.json")
    plant(session, blobs, actor, paths.ROOT, [demo["root"]])
    plant(session, blobs, actor, ROOT, menu())
    for place, nodes in demo["items"].items():
        plant(session, blobs, actor, place, nodes)
    for one in demo["relations"]:
        _relate(session, actor, **one)
    for one in demo["withdrawals"]:
        _withdraw(session, actor, **one)


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
