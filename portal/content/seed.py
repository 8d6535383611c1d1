"""The demonstration's portal: pages of an invented gmina (``data/demo.json``). Doing it again changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.content import actions, paths, types, versions
from portal.content.models import Item
from portal.core import documents
from portal.core.actors import Actor
from portal.core.blobs import BlobStore

FILE = Path(__file__).parent / "data" / "demo.json"


def seed(session: Session, blobs: BlobStore, actor: Actor) -> None:
    """Make the root and the demonstration's pages, published; those that exist are left as they are."""
    tree: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    if not _known(session, paths.ROOT):
        root = actions.create_root(session, actor, "front_page", tree["title"])
        actions.save_draft(
            session, actor, root.id, expected=None, title=tree["title"], summary=tree["summary"], body=tree["body"]
        )
        actions.publish(session, actor, root.id)
    plant(session, blobs, actor, paths.ROOT, tree["children"])


def plant(session: Session, blobs: BlobStore, actor: Actor, parent: str, nodes: Iterable[dict[str, Any]]) -> None:
    """Create and publish each node under ``parent`` unless its path exists, then those below it."""
    for node in nodes:
        path = paths.join(parent, node["name"])
        if not _known(session, path):
            _create(session, blobs, actor, parent, node)
        plant(session, blobs, actor, path, node.get("children", ()))


def _known(session: Session, path: str) -> bool:
    return session.scalar(select(Item.id).where(Item.path == path)) is not None


def _create(session: Session, blobs: BlobStore, actor: Actor, parent: str, node: dict[str, Any]) -> None:
    kind = types.of(node["type"])
    files = []
    for file in node.get("files", ()):
        data = file["text"].encode()
        document = documents.store(session, blobs, actor, data=data, name=file["name"], origin="made")
        files.append(versions.Attachment(document.id, file["title"]))
    item = actions.create_item(
        session, actor, parent, kind.name, node["title"], name=node["name"], summary=node.get("summary", ""),
        body=node.get("body", ""), fields=node.get("fields", {}), files=files, in_menu=node.get("in_menu", kind.menu),
        settings=node.get("settings"),
    )  # fmt: skip
    actions.publish(session, actor, item.id)
