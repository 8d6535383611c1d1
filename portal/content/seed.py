"""The demonstration's portal: pages of an invented gmina (``data/demo.json``). Doing it again changes nothing."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.content import actions, drawn, languages, paths, types, versions
from portal.content.models import Item
from portal.core import clock, documents
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


Ready = Callable[[Session, Actor, Item], None]
"""What is done to an item between saving and publishing it."""


def plant(
    session: Session,
    blobs: BlobStore,
    actor: Actor,
    parent: str,
    nodes: Iterable[dict[str, Any]],
    ready: Ready | None = None,
) -> None:
    """Create and publish each node under ``parent`` unless its path exists, then those below it."""
    for node in nodes:
        path = paths.join(parent, node["name"])
        if not _known(session, path):
            _create(session, blobs, actor, parent, node, ready)
        plant(session, blobs, actor, path, node.get("children", ()), ready)


def _known(session: Session, path: str) -> bool:
    return session.scalar(select(Item.id).where(Item.path == path)) is not None


def _create(
    session: Session, blobs: BlobStore, actor: Actor, parent: str, node: dict[str, Any], ready: Ready | None
) -> None:
    kind = types.of(node["type"])
    files = []
    for file in node.get("files", ()):
        data = _paper(file) if "html" in file else file["text"].encode()
        document = documents.store(session, blobs, actor, data=data, name=file["name"], origin="made")
        files.append(versions.Attachment(document.id, file["title"]))
    if "drawing" in node:
        data = _drawing(node["drawing"])
        document = documents.store(session, blobs, actor, data=data, name=f"{node['name']}.jpg", origin="made")
        files.append(versions.Attachment(document.id, node["title"]))
    item = actions.create_item(
        session, actor, parent, kind.name, node["title"], name=node["name"], summary=node.get("summary", ""),
        body=node.get("body", ""), fields=_fields(node), files=files, in_menu=node.get("in_menu", kind.menu),
        settings=node.get("settings"),
    )  # fmt: skip
    if ready is not None:
        ready(session, actor, item)
    actions.publish(session, actor, item.id)
    for language, text in node.get("languages", {}).items():
        other = languages.translate(session, actor, item.id, language)
        said = {**text, "fields": _fields(node) | text.get("fields", {})}
        actions.save_draft(session, actor, other.id, expected=None, **said)
        actions.publish(session, actor, other.id)


def _fields(node: dict[str, Any]) -> dict[str, Any]:
    """The fields of a node; a day written ``+9`` is nine days from today, so that events are always to come."""
    found = {}
    for name, value in node.get("fields", {}).items():
        ahead = name.endswith(("_on", "_until")) and str(value).startswith("+")
        found[name] = (clock.today() + timedelta(days=int(value))).isoformat() if ahead else value
    return found


def _paper(file: dict[str, str]) -> bytes:
    """A PDF document with a text layer, the same bytes each time."""
    made_at = datetime(2026, 1, 2, tzinfo=UTC)
    return drawn.pdf(file["html"], title=file["title"], source=file["title"], site="", made_at=made_at)


def _drawing(colours: list[str]) -> bytes:
    """A simple landscape: sky, hill, road."""
    sky, hill, road = colours
    image = Image.new("RGB", (1800, 1200), sky)
    draw = ImageDraw.Draw(image)
    draw.ellipse((-600, 560, 1500, 2400), fill=hill)
    draw.ellipse((900, 700, 2600, 2400), fill=hill)
    draw.polygon(((700, 1200), (1100, 1200), (960, 720), (930, 720)), fill=road)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=80)
    return buffer.getvalue()
