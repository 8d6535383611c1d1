"""Images as pages show them: which versions there are, at which addresses, in which markup.

An address names the document and the version, both immutable, so browsers may keep it for ever.
"""

from __future__ import annotations

import html
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from markupsafe import Markup
from sqlalchemy import ColumnElement, and_, bindparam, func, literal, select
from sqlalchemy.orm import Session

from portal.accounts import policy
from portal.content import duties, queries
from portal.content.models import Item, ItemFile, ItemVersion, Picture, Rendition
from portal.content.workflow import PORTAL, PUBLISHED, UNPUBLISHED
from portal.core import outbox
from portal.core.actors import Actor

RENDER = "content.render_image"
SIZES = "(min-width: 60rem) 44rem, 100vw"
CARD_SIZES = "(min-width: 40rem) 15rem, 100vw"
BAND_SIZES = "(min-width: 72rem) 72rem, 100vw"
_USUAL = 960
"""The version a browser without srcset takes: the smallest at least this wide."""


@dataclass(frozen=True, slots=True)
class Version:
    """One kept version of an image."""

    name: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Unseen:
    """Leave to see images that not everyone may: those ``actor`` may see before they are published, or behind a
    closed door. ``base``: where they are fetched, when not at their public address."""

    actor: Actor
    base: str = "/obraz"


@dataclass(frozen=True, slots=True)
class Shown:
    """An image of the tree with what pages need to show it."""

    item_id: int
    path: str
    title: str
    document_id: int
    alt: str
    focus: tuple[int, int]
    versions: tuple[Version, ...]
    base: str = "/obraz"

    def of(self, shape: str = "") -> tuple[Version, ...]:
        """The versions of one shape (``karta``, ``naglowek``; empty: the whole image), smallest first."""
        x, y = self.focus
        start = f"{shape}-{x}-{y}-" if shape else "w"
        found = (one for one in self.versions if one.name.startswith(start))
        return tuple(sorted(found, key=lambda one: one.width))

    @property
    def ready(self) -> bool:
        """Whether the worker has made the versions."""
        return bool(self.versions)

    def address(self, name: str) -> str:
        """Where the version called ``name`` is fetched."""
        return f"{self.base}/{self.item_id}/{self.document_id}/{name}"

    def markup(self, shape: str = "", *, alt: str | None = None, sizes: str = SIZES, lazy: bool = True) -> Markup:
        """The image with all its widths; ``alt`` None takes the image's own description."""
        said = html.escape(self.alt if alt is None else alt)
        versions = self.of(shape)
        if not versions:
            return Markup(f'<img src="{self.base}/{self.item_id}" alt="{said}">')  # noqa: S704 - escaped above
        plain = [one for one in versions if not one.name.endswith(".webp")] or list(versions)
        modern = [one for one in versions if one.name.endswith(".webp")]
        usual = next((one for one in plain if one.width >= _USUAL), plain[-1])
        loading = ' loading="lazy" decoding="async"' if lazy else ' fetchpriority="high"'
        image = (
            f'<img src="{self.address(usual.name)}" srcset="{self._set(plain)}" sizes="{sizes}"'
            f' width="{usual.width}" height="{usual.height}"{loading} alt="{said}">'
        )
        source = f'<source type="image/webp" srcset="{self._set(modern)}" sizes="{sizes}">' if modern != plain else ""
        return Markup(f"<picture>{source}{image}</picture>")  # noqa: S704 - names are ours, the rest is escaped

    def _set(self, versions: Iterable[Version]) -> str:
        return ", ".join(f"{self.address(one.name)} {one.width}w" for one in versions)


_COLUMNS: tuple[Any, ...] = (
    Item.id, Item.path, Item.title, ItemVersion.fields, ItemFile.document_id, Rendition.name, Rendition.width,
    Rendition.height,
)  # fmt: skip


def shown(session: Session, item_ids: Iterable[int], *, draft: bool = False) -> dict[int, Shown]:
    """The images among ``item_ids`` as the public sees them (``draft``: as the editor does). One statement."""
    wanted = sorted({number for number in item_ids if number})
    if not wanted:
        return {}
    if draft:
        return _read(session, func.coalesce(Item.draft_version_id, Item.live_version_id), Item.id.in_(wanted))
    return _images(queries.rows(session, _shown_statement(), {"wanted": wanted}))


@cache
def _shown_statement() -> queries.Lines:
    return _statement(Item.live_version_id, Item.id.in_(bindparam("wanted", expanding=True)), queries.listed())


def unpublished(session: Session, item_ids: Iterable[int], unseen: Unseen | None) -> dict[int, Shown]:
    """Of ``item_ids``, which everyone may not see, those images that ``unseen`` leaves to see. One statement."""
    wanted = sorted({number for number in item_ids if number})
    if not wanted or unseen is None:
        return {}
    version = func.coalesce(Item.live_version_id, Item.draft_version_id)
    found = _read(session, version, Item.id.in_(wanted), Item.state.in_((UNPUBLISHED, PUBLISHED)))
    right = PORTAL.rights["view"]
    return {
        number: replace(one, base=unseen.base)
        for number, one in found.items()
        if policy.can(session, unseen.actor, right, one.path)
    }


def of_version(session: Session, item_id: int, version_id: int | None, *, base: str = "/obraz") -> dict[int, Shown]:
    """The image ``item_id`` as one of its versions shows it, whatever its state; rights are the caller's care."""
    found = _read(session, literal(version_id), Item.id == item_id)
    return {number: replace(one, base=base) for number, one in found.items()}


def _read(session: Session, version: ColumnElement[Any] | Any, *which: ColumnElement[bool]) -> dict[int, Shown]:
    return _images(session.execute(_statement(version, *which)))


def _statement(version: ColumnElement[Any] | Any, *which: ColumnElement[bool]) -> queries.Lines:
    query = (
        select(*_COLUMNS)
        .select_from(Item)
        .join(ItemVersion, ItemVersion.id == version)
        .join(ItemFile, ItemFile.version_id == ItemVersion.id)
        .outerjoin(Rendition, Rendition.document_id == ItemFile.document_id)
        .where(Item.type == "image", Item.binned_at.is_(None), ItemVersion.item_id == Item.id, *which)
    )
    return query.order_by(Item.id, ItemFile.position)


def in_text(session: Session, image_ids: set[int], linked: set[int]) -> tuple[dict[int, Shown], dict[int, str]]:
    """What a text names: images as the public sees them, and today's paths of what it links to. One statement."""
    if not image_ids | linked:
        return {}, {}
    asked = {"images": sorted(image_ids), "named": sorted(image_ids | linked)}
    rows = queries.rows(session, _text_statement(), asked)
    return _images(row for row in rows if row.document_id), {row.id: row.path for row in rows}


@cache
def _text_statement() -> queries.Lines:
    image = and_(Item.id.in_(bindparam("images", expanding=True)), Item.type == "image", queries.listed())
    return (
        select(*_COLUMNS)
        .select_from(Item)
        .outerjoin(ItemVersion, and_(ItemVersion.id == Item.live_version_id, image))
        .outerjoin(ItemFile, ItemFile.version_id == ItemVersion.id)
        .outerjoin(Rendition, Rendition.document_id == ItemFile.document_id)
        .where(Item.id.in_(bindparam("named", expanding=True)), Item.binned_at.is_(None))
        .order_by(Item.id, ItemFile.position)
    )


def _images(rows: Iterable[Any]) -> dict[int, Shown]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.id].append(row)
    return {number: _image(its) for number, its in found.items()}


def _image(rows: list[Any]) -> Shown:
    first = rows[0]
    fields = first.fields or {}
    alt = "" if fields.get("decorative") else str(fields.get("alt") or "")
    # Of several files of one image the first is the image.
    own = (row for row in rows if row.name and row.document_id == first.document_id)
    versions = tuple(Version(row.name, row.width, row.height) for row in own)
    return Shown(first.id, first.path, first.title, first.document_id, alt, duties.focus_of(fields), versions)


def cards(session: Session, rows: Iterable[Any]) -> dict[int, Shown]:
    """The images shown beside the items of a list, by the number of the image."""
    return shown(session, (row.picture_id or (row.id if row.type == "image" else 0) for row in rows))


def request(session: Session, document_id: int, focus: tuple[int, int]) -> None:
    """Have the versions of an image made, those not made yet."""
    key = f"{RENDER}:{document_id}:{focus[0]}-{focus[1]}"
    outbox.enqueue(session, RENDER, key, {"document": document_id, "focus": list(focus)}, lane="images")


def refusal(session: Session, document_id: int) -> str:
    """The code of the sentence that says why there are no versions; empty when there are or will be."""
    return session.scalar(select(Picture.refused).where(Picture.document_id == document_id)) or ""
