"""Making the archive of a subtree, part by part, so that it can be left, watched and continued."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.content import links, paths, queries
from portal.content.exchange import archive, ties
from portal.content.exchange.archive import (
    EntryRow,
    FileRow,
    Life,
    Manifest,
    Review,
    RightRow,
    StateRow,
    TieRow,
    dumped,
    file_member,
    member,
)
from portal.content.exchange.entries import ORIGIN
from portal.content.models import Item, ItemFile, ItemNote, ItemVersion, Redirect
from portal.content.workflow import ARCHIVED, RETIRED, WITHDRAWN
from portal.core import clock
from portal.core.blobs import BlobStore, MissingBlob, sha256
from portal.core.documents import Document

PART = 100
Reading = Callable[[], AbstractContextManager[Session]]
_REFERENCE = re.compile(r'((?:href|src)=")item:(\d+)')
_ATTACHMENT = re.compile(r'((?:href|src)=")/zalacznik/(\d+)/(\d+)/[^"]*(")')


@dataclass(frozen=True, slots=True)
class Packing:
    """An export under way: which subtree, of which system, into which file."""

    reading: Reading
    blobs: BlobStore
    root: str
    origin: str
    file: Path

    def order(self) -> list[tuple[int, str]]:
        """The items of the subtree, parents first, children in the order of the tree; each (id, path)."""
        with self.reading() as session:
            where = (Item.path == self.root) | queries.below(self.root)
            query = select(Item.id, Item.parent_id, Item.path, Item.position).where(where, Item.binned_at.is_(None))
            rows = session.execute(query).all()
        under: dict[int | None, list[Any]] = {}
        for row in rows:
            under.setdefault(row.parent_id if row.path != self.root else None, []).append(row)
        found: list[tuple[int, str]] = []
        waiting = list(under.get(None, []))
        while waiting:
            row = waiting.pop(0)
            found.append((row.id, row.path))
            waiting = sorted(under.get(row.id, []), key=lambda one: (one.position, one.path)) + waiting
        return found

    def pack(self, begin: int, order: list[tuple[int, str]]) -> int:
        """Add the part of the items from number ``begin`` on; gives where the next begins. 0 starts anew."""
        keys = {number: str(at + 1) for at, (number, _) in enumerate(order)}
        end = min(begin + PART, len(order))
        mode: Literal["w", "a"] = "w" if begin == 0 else "a"
        with zipfile.ZipFile(self.file, mode, zipfile.ZIP_DEFLATED, allowZip64=True) as packed:
            there = set(packed.namelist())
            for at in range(begin, end):
                with self.reading() as session:
                    row = _entry(session, order[at][0], keys, top=at == 0)
                if member(at) not in there:
                    packed.writestr(_info(member(at)), dumped(row))
                self._add_files(packed, there, row)
        return end

    def _add_files(self, packed: zipfile.ZipFile, there: set[str], row: EntryRow) -> None:
        for digest in sorted({file.sha256 for state in row.states for file in state.files}):
            name = file_member(digest)
            if name in there:
                continue
            there.add(name)
            try:
                packed.writestr(_info(name), self.blobs.get(digest))
            except MissingBlob:
                continue  # the import names it; an export of all that is left is better than none

    def close(self, order: list[tuple[int, str]]) -> None:
        """Say what the archive is, and sum up everything in it."""
        count, begin = len(order), 0 if self.root == paths.ROOT else len(self.root)
        places = [path[begin:] for _, path in order]
        manifest = Manifest(
            format="wrota-content",
            version=2,
            origin=self.origin,
            root=self.root,
            exported_at=clock.now(),
            items=count,
            places=places,
        )
        with zipfile.ZipFile(self.file, "a", zipfile.ZIP_DEFLATED) as packed:
            said = dumped(manifest)
            packed.writestr(_info(archive.MANIFEST), said)
            sums = [f"{sha256(said)}  {archive.MANIFEST}"]
            for name in sorted(set(packed.namelist()) - {archive.MANIFEST}):
                digest = name.rpartition("/")[2] if name.startswith("files/") else sha256(packed.read(name))
                sums.append(f"{digest}  {name}")
            packed.writestr(_info(archive.CHECKSUMS), "\n".join(sums) + "\n")


def _info(name: str) -> zipfile.ZipInfo:
    """A member without the moment it was packed: the same content gives the same bytes."""
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    return info


def _entry(session: Session, item_id: int, keys: dict[int, str], *, top: bool) -> EntryRow:
    item = session.get_one(Item, item_id)
    waiting = {item.draft_version_id, item.scheduled_version_id} - {None}
    wanted = ItemVersion.published_at.is_not(None) | ItemVersion.id.in_(waiting)
    query = select(ItemVersion).where(ItemVersion.item_id == item_id, wanted).order_by(ItemVersion.number)
    versions = session.scalars(query).all()
    redirects = session.scalars(select(Redirect.path).where(Redirect.item_id == item_id).order_by(Redirect.path))
    taken_off = select(ItemNote.text).where(ItemNote.item_id == item_id, ItemNote.kind.in_(("withdraw", "archive")))
    off = item.state in (ARCHIVED, WITHDRAWN, RETIRED)
    order = [version.id for version in versions]
    return EntryRow(
        key=keys[item_id], parent="" if top else keys[int(item.parent_id or 0)],
        name=paths.name_of(item.path) or "strona-glowna", type=item.type,
        state=cast(Life, item.state), review=cast(Review, item.review),
        language=item.language, position=0 if top else item.position,
        taken_off=(session.scalar(taken_off.order_by(ItemNote.id.desc()).limit(1)) or "") if off else "",
        in_menu=item.in_menu, protected=item.protected, settings=_named(session, item.settings, keys),
        publish_at=item.publish_at, expires_at=item.expires_at, redirects=list(redirects),
        scheduled=order.index(item.scheduled_version_id) + 1 if item.scheduled_version_id in order else 0,
        ties=[_tie(session, one, keys) for one in ties.of_item(session, item)],
        rights=[RightRow(**asdict(one)) for one in ties.roles_at(session, item.path)],
        states=[_state(session, item, version, keys) for version in versions],
    )  # fmt: skip


def _tie(session: Session, one: tuple[str, int, dict[str, Any]], keys: dict[int, str]) -> TieRow:
    kind, other, facts = one
    if other in keys:
        return TieRow(kind=kind, key=keys[other], facts=facts)
    path = session.scalar(select(Item.path).where(Item.id == other))
    return TieRow(kind=kind, address=path or "", facts=facts)


ADDRESSES = ("picture", "address", "collect_under", "banner_link")
"""Fields and settings that hold addresses of this site."""


def _named(session: Session, values: dict[str, Any], keys: dict[int, str]) -> dict[str, Any]:
    """Fields or settings with addresses of items of the archive as ``archive:KEY``."""
    found = dict(values)
    for name in ADDRESSES:
        text = str(values.get(name) or "")
        if text.startswith("/") and not text.startswith("//"):
            plain, _, fragment = text.partition("#")
            image = links.IMAGE.match(plain)
            number = (
                int(image.group(1)) if image else links.items_at(session, [paths.clean(plain)]).get(paths.clean(plain))
            )
            if number in keys:
                found[name] = f"archive:{keys[number]}" + (f"#{fragment}" if fragment else "")
    return found


def _state(session: Session, item: Item, version: ItemVersion, keys: dict[int, str]) -> StateRow:
    """A state as it was first entered: what was brought here keeps where it comes from."""
    fields, author, created_at = dict(version.fields), version.author, version.created_at
    published_at, published_by = version.published_at, version.published_by
    origin = fields.get(ORIGIN)
    if isinstance(origin, dict) and origin.get("number") == version.number:
        del fields[ORIGIN]
        if "before" in origin:
            fields[ORIGIN] = origin["before"]
        author = str(origin["author"])
        created_at = _moment(origin["created_at"]) or created_at
        if published_at is not None:
            published_at = _moment(origin["published_at"]) or published_at
            published_by = str(origin["published_by"])
    query = (
        select(ItemFile.title, Document.sha256, Document.name)
        .join(Document, Document.id == ItemFile.document_id)
        .where(ItemFile.version_id == version.id)
        .order_by(ItemFile.position)
    )
    files = [FileRow(sha256=row.sha256, name=row.name, title=row.title) for row in session.execute(query)]
    return StateRow(
        title=version.title, summary=version.summary, body=_body(session, item, version, keys),
        fields=_named(session, fields, keys),
        reason=version.reason, author=author, created_at=created_at, published_at=published_at,
        published_by=published_by, files=files,
    )  # fmt: skip


def _moment(text: object) -> datetime | None:
    return datetime.fromisoformat(str(text)) if text else None


def _body(session: Session, item: Item, version: ItemVersion, keys: dict[int, str]) -> str:
    """The text with links to items and files of the archive by their keys, to others by today's address."""
    beside = (
        select(Document.id, Document.sha256)
        .join(ItemFile, ItemFile.document_id == Document.id)
        .where(ItemFile.version_id == version.id)
    )
    shas = {row.id: row.sha256 for row in session.execute(beside)}

    def reference(match: re.Match[str]) -> str:
        key = keys.get(int(match.group(2)))
        return f"{match.group(1)}archive:{key}" if key else match.group(0)

    def attachment(match: re.Match[str]) -> str:
        digest = shas.get(int(match.group(3)))
        if int(match.group(2)) != item.id or digest is None:
            return match.group(0)
        return f"{match.group(1)}attachment:{keys[item.id]}/{digest}{match.group(4)}"

    inside = _ATTACHMENT.sub(attachment, _REFERENCE.sub(reference, version.body))
    return links.to_addresses(session, inside)
