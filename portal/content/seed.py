"""The demonstration's portal: pages of an invented gmina (``data/demo.json``). Doing it again changes nothing."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.content import actions, drawn, languages, paced, paths, types, versions
from portal.content.models import Item, ItemVersion
from portal.content.paced import Step
from portal.core import clock, documents
from portal.core.actors import SYSTEM, Actor
from portal.core.blobs import BlobStore

FILE = Path(__file__).parent / "data" / "demo.json"


def seed(session: Session, blobs: BlobStore, actor: Actor) -> None:
    """Make the root and the demonstration's pages, published; those that exist are left as they are."""
    paced.play(steps(session, blobs, actor))


def steps(session: Session, blobs: BlobStore, actor: Actor) -> Iterator[Step]:
    """The same as acts, each with its moment, in no order of time."""
    tree: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    yield Step(None, lambda: _root(session, actor, tree))
    yield from planted(session, blobs, actor, paths.ROOT, tree["children"])


def _root(session: Session, actor: Actor, tree: dict[str, Any]) -> None:
    if not _known(session, paths.ROOT):
        root = actions.create_root(session, SYSTEM, "front_page", tree["title"])
        text = {name: tree[name] for name in ("title", "summary", "body")}
        actions.save_draft(session, actor, root.id, expected=None, **text)
        actions.publish(session, actor, root.id)


Ready = Callable[[Session, Actor, Item], None]
"""What is done to an item between saving and publishing it."""


def planted(
    session: Session,
    blobs: BlobStore,
    actor: Actor,
    parent: str,
    nodes: Iterable[dict[str, Any]],
    ready: Ready | None = None,
) -> Iterator[Step]:
    """Create and publish each node under ``parent`` unless its path exists, change it as it says, then those below.

    Days written from today (``+9``) are counted when the step is made, not when it is played.
    """
    for node in nodes:
        path, one = paths.join(parent, node["name"]), node | {"fields": _fields(node)}
        yield Step(paced.of_node(one), partial(_unless_known, session, blobs, actor, parent, one, ready))
        for change in node.get("updates", ()):
            day = clock.typed_day(change.get("on"))
            when = paced.on(day, path) if day else paced.moment(change["day"], change.get("hour", "11:20"))
            yield Step(when, partial(_update, session, actor, path, change, ready))
        yield from planted(session, blobs, actor, path, node.get("children", ()), ready)


def _unless_known(
    session: Session, blobs: BlobStore, actor: Actor, parent: str, node: dict[str, Any], ready: Ready | None
) -> None:
    if not _known(session, paths.join(parent, node["name"])):
        _create(session, blobs, actor, parent, node, ready)


def _update(session: Session, actor: Actor, path: str, change: dict[str, Any], ready: Ready | None) -> None:
    """Publish the item with what changed in its fields or its text, unless it says so already."""
    item = session.scalars(select(Item).where(Item.path == path)).one()
    live = session.get_one(ItemVersion, item.live_version_id)
    body = live.body
    for before, after in change.get("replace", ()):
        body = body.replace(before, after)
    fields = live.fields | change.get("fields", {})
    if (body, fields) == (live.body, live.fields):
        return
    text = {"title": change.get("title", live.title), "summary": change.get("summary", live.summary)}
    actions.save_draft(session, actor, item.id, expected=None, body=body, fields=fields, **text)
    if ready is not None:
        ready(session, actor, item)
    actions.publish(session, actor, item.id, reason=change["reason"])


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
        body=node.get("body", ""), fields=node["fields"], files=files, in_menu=node.get("in_menu", kind.menu),
        settings=node.get("settings"),
    )  # fmt: skip
    if ready is not None:
        ready(session, actor, item)
    actions.publish(session, actor, item.id)
    for language, text in node.get("languages", {}).items():
        other = languages.translate(session, actor, item.id, language)
        said = {**text, "fields": node["fields"] | text.get("fields", {})}
        actions.save_draft(session, actor, other.id, expected=None, **said)
        actions.publish(session, actor, other.id)


def _fields(node: dict[str, Any]) -> dict[str, Any]:
    """The fields of a node; a day written ``+9`` or ``-9`` is so many days from today: terms always run."""
    found = {}
    for name, value in node.get("fields", {}).items():
        ahead = name.endswith(("_on", "_until")) and str(value).startswith(("+", "-"))
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
