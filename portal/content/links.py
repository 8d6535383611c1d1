"""Links inside texts, kept as references: ``item:12`` instead of an address, so that a move never breaks one.

An editor writes and sees addresses; ``to_references`` turns those of our own pages into references when a
version is saved, ``to_addresses`` turns them back when a page is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, literal_column, or_, select
from sqlalchemy.orm import Session, aliased

from forms import validators
from portal.accounts import policy
from portal.content import paths, queries, structures, types
from portal.content.models import Item, ItemLink, ItemVersion, Redirect
from portal.content.queries import Lines
from portal.content.workflow import FAMILIES, PUBLISHED, WITHDRAWN, Family
from portal.core.actors import Actor

ADDRESS = "address"
"""The field of the type ``link`` that says where it leads."""
GONE = "/usuniete/0"
"""Where a link leads whose target was never brought here: an honest "gone" page."""
_HREF = re.compile(r'(<a\b[^>]*?\shref=")([^"]*)(")')
_SRC = re.compile(r'(<img\b[^>]*?\ssrc=")([^"]*)(")')
IMAGE = re.compile(r"/obraz/(\d+)(?:[/?#]|$)")
"""The address of an image of ours by its number; what comes after it says which rendition."""
_REFERENCE = re.compile(r'(<(?:a|img)\b[^>]*?\s(?:href|src)=")item:(\d+)([^"]*)(")')


def _split(address: str) -> tuple[str, str]:
    """An address without its query and fragment, and those."""
    match = re.search(r"[?#]", address)
    return (address[: match.start()], address[match.start() :]) if match else (address, "")


def _own(markup: str, where: re.Pattern[str] = _HREF) -> set[str]:
    """The addresses within this site that ``markup`` links to."""
    found = (match.group(2) for match in where.finditer(markup))
    return {paths.clean(_split(a)[0]) for a in found if a.startswith("/") and not a.startswith("//")}


def items_at(session: Session, addresses: Iterable[str]) -> dict[str, int]:
    """Path → item, also for paths an item has moved away from."""
    wanted = set(addresses)
    if not wanted:
        return {}
    moved = session.execute(select(Redirect.path, Redirect.item_id).where(Redirect.path.in_(wanted)))
    found = {row.path: row.item_id for row in moved}
    here = session.execute(select(Item.path, Item.id).where(Item.path.in_(wanted)))
    return found | {row.path: row.id for row in here}


def to_references(session: Session, markup: str) -> str:
    """``markup`` with addresses of our own items replaced by references; others stay as they are."""
    known = items_at(session, _own(markup) | _own(markup, _SRC))

    def image(match: re.Match[str]) -> str:
        numbered = IMAGE.match(match.group(2))
        item_id = int(numbered.group(1)) if numbered else known.get(paths.clean(_split(match.group(2))[0]))
        return match.group(0) if item_id is None else f"{match.group(1)}item:{item_id}{match.group(3)}"

    def replace(match: re.Match[str]) -> str:
        address, rest = _split(match.group(2))
        item_id = known.get(paths.clean(address)) if address.startswith("/") else None
        return match.group(0) if item_id is None else f"{match.group(1)}item:{item_id}{rest}{match.group(3)}"

    return _SRC.sub(image, _HREF.sub(replace, markup))


def image_at(session: Session, address: str) -> int | None:
    """The image of ours that ``address`` names: its page or any of its renditions."""
    numbered = IMAGE.match(address)
    at = None if numbered else paths.clean(_split(address)[0])
    item_id = int(numbered.group(1)) if numbered else items_at(session, [at or "/"]).get(at or "/")
    query = select(Item.id).where(Item.id == (item_id or 0), Item.type == "image", Item.binned_at.is_(None))
    return session.scalar(query)


def targets(markup: str) -> set[int]:
    """The items that ``markup`` refers to."""
    return {int(match.group(2)) for match in _REFERENCE.finditer(markup)}


def to_addresses(session: Session, markup: str) -> str:
    """``markup`` with references replaced by today's addresses, in one query (none when it has no references)."""
    wanted = targets(markup)
    if not wanted:
        return markup
    rows = queries.rows(session, _paths_statement(), {"wanted": sorted(wanted)})
    return resolve(markup, {row.id: row.path for row in rows})


@cache
def _paths_statement() -> Lines:
    wanted = Item.id.in_(bindparam("wanted", expanding=True))
    columns: tuple[Any, ...] = (Item.id, Item.path)
    return select(*columns).where(wanted, Item.binned_at.is_(None))


def retarget(markup: str, known: Mapping[int, int]) -> str:
    """``markup`` with references to the items in ``known`` leading to those they stand for."""

    def replace(match: re.Match[str]) -> str:
        target = known.get(int(match.group(2)), match.group(2))
        return f"{match.group(1)}item:{target}{match.group(3)}{match.group(4)}"

    return _REFERENCE.sub(replace, markup)


def resolve(markup: str, known: Mapping[int, str]) -> str:
    """``markup`` with references replaced by ``known`` paths; a link to what is gone keeps its words only."""

    def replace(match: re.Match[str]) -> str:
        path = known.get(int(match.group(2)))
        # An address that answers "gone" is honest; a dead "item:" would be a broken program.
        target = f"{path}{match.group(3)}" if path else f"/usuniete/{match.group(2)}"
        if match.group(1).startswith("<img"):
            target = f"/obraz/{match.group(2)}"
        return f"{match.group(1)}{target}{match.group(4)}"

    return _REFERENCE.sub(replace, markup)


def _own_address(fields: Mapping[str, Any]) -> list[str]:
    """The page of ours an item of type ``link`` leads to, as its editor wrote it; one at most."""
    address = str(fields.get(ADDRESS) or "")
    return [paths.clean(_split(address)[0])] if address.startswith("/") else []


def destination(session: Session, version_id: int | None, fields: Mapping[str, Any]) -> str:
    """Where an item of type ``link`` leads today: a page of ours wherever it has moved; empty when nowhere safe."""
    address = str(fields.get(ADDRESS) or "")
    if not validators.leads_somewhere(address):
        return ""
    query = select(Item.id, Item.path, Item.binned_at).join(ItemLink, ItemLink.target_id == Item.id)
    target = session.execute(query.where(ItemLink.version_id == version_id)).first()
    if target is None or not address.startswith("/"):
        return address
    return f"{target.path}{_split(address)[1]}" if target.binned_at is None else f"/usuniete/{target.id}"


def remember(session: Session, version: ItemVersion) -> None:
    """Note which items the version links to, those that exist."""
    wanted = targets(version.body) | structures.targets(version.fields)
    wanted |= set(items_at(session, _own_address(version.fields)).values())
    if not wanted:
        return
    known = session.scalars(select(Item.id).where(Item.id.in_(wanted)))
    session.add_all(ItemLink(version_id=version.id, target_id=item_id) for item_id in known)


def linking_to(session: Session, item_ids: Iterable[int]) -> list[tuple[int, str, str]]:
    """The items whose public or working text links to any of ``item_ids``: id, path, title."""
    wanted = list(item_ids)
    query = (
        select(Item.id, Item.path, Item.title)
        .join(ItemLink, ItemLink.version_id.in_([Item.live_version_id, Item.draft_version_id]))
        .where(ItemLink.target_id.in_(wanted), Item.id.not_in(wanted), Item.binned_at.is_(None))
        .distinct()
        .order_by(Item.path)
    )
    return [(row.id, row.path, row.title) for row in session.execute(query)]


def linking_below(session: Session, path: str) -> list[tuple[int, str, str]]:
    """The items outside ``path`` that link to anything at or under it: id, path, title."""
    inside = (Item.path == path) | ((Item.path > f"{path}/") & (Item.path < f"{path}0"))
    within = select(Item.id).where(inside, Item.binned_at.is_(None))
    query = (
        select(Item.id, Item.path, Item.title)
        .join(ItemLink, ItemLink.version_id.in_([Item.live_version_id, Item.draft_version_id]))
        .where(ItemLink.target_id.in_(within), ~inside, Item.binned_at.is_(None))
        .distinct()
        .order_by(Item.path)
    )
    return [(row.id, row.path, row.title) for row in session.execute(query.limit(100))]


_TARGET = aliased(Item, name="target")
NOWHERE_ORDER: tuple[Any, ...] = (_TARGET.id, ItemLink.version_id)
"""Links to the same page beside one another."""


def nowhere(session: Session, actor: Actor) -> Lines:
    """Links of public texts to pages of ours that visitors cannot read: withdrawn, in the archive of the portal, in
    the bin, never published; with the pages that hold them and that ``actor`` may edit. Without an order.

    What the Bulletin keeps readable in its archive leads somewhere, so it is not among them.
    """
    target = _TARGET
    return (
        select(
            target.id.label("target_id"), ItemLink.version_id, Item.id.label("item_id"), Item.title, Item.path,
            target.title.label("target_title"), target.path.label("target_path"), target.state, target.type,
            target.binned_at, target.binned_from,
        )
        .join(ItemLink, ItemLink.target_id == target.id)
        .join(ItemVersion, ItemVersion.id == ItemLink.version_id)
        .join(Item, Item.id == ItemVersion.item_id)
        .where(
            # As the partial index of the few unseen items says it, so that no other is looked at.
            or_(target.state != literal_column("'published'"), target.binned_at.is_not(None)),
            or_(target.binned_at.is_not(None), *(_unreadable(target, family) for family in FAMILIES.values())),
            Item.live_version_id == ItemVersion.id, Item.binned_at.is_(None), Item.state == PUBLISHED,
            queries.within(policy.places(session, actor, "content.edit")),
        )
    )  # fmt: skip


def _unreadable(target: type[Item], family: Family) -> ColumnElement[bool]:
    """Of the types of ``family`` and in a state in which visitors do not get its text."""
    kinds = [name for name, kind in types.TYPES.items() if kind.family == family]
    return and_(target.type.in_(kinds), target.state.not_in(family.public - {WITHDRAWN}))
