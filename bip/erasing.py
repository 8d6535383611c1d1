"""Erasure that the law orders (RODO art. 17): the content of chosen versions goes for good, their entries stay.

What goes: the text, the fields of the type, where asked the title, the marks and the words of reasons; files that
nothing else uses with all made of them; unsaved work, links to previews, decisions about findings. The salts
of the version's leaves go too, so that no one can try guesses against their digests; the log itself stays whole
(``bip.models``). In the place of the text stands when, on what basis and why it went. The address stays as it is.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import escape
from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from bip import entries, traces
from bip.models import BulletinLeaf
from bip.scrubbing import request_scrub
from bip.types import JOURNAL
from portal.accounts import policy
from portal.content import acts, types
from portal.content.editor.models import PreviewLink, ReviewRequest, UnsavedWork
from portal.content.exchange.models import TransferLine
from portal.content.models import (
    Item,
    ItemFile,
    ItemLink,
    ItemNote,
    ItemVersion,
    OutsideLink,
    OutsideLinkUse,
    Picture,
    Rendition,
)
from portal.content.personal.models import Decision, FileCheck, Redaction
from portal.core import clock, documents
from portal.core.actors import Actor
from portal.core.db import Base
from portal.core.documents import Document
from portal.core.errors import Conflict, Invalid, NotFound
from portal.web import formats
from portal.web.texts import message
from search.actions import request_rebuild

RIGHT = "content.admin"
FIELD = "erased"
"""The field of a version that says its content was erased: when, on what basis, why."""
MAX_BASIS, MAX_REASON = 150, 200
_MAX_WORDS = 500
_MARKS = ("publisher", "produced_by", "responsible", "produced_on")
_OWN = {"item_file", "picture", "rendition", "personal_redaction"}
"""Tables that name a file because it stands beside a text; what they say of it goes with it."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What is to go: versions by number, and of each beside text, fields and files the title, marks, reasons."""

    numbers: tuple[int, ...]
    title: bool = False
    marks: bool = False
    reasons: bool = False


@dataclass(frozen=True, slots=True)
class FileFate:
    """A file beside a chosen version; ``stays``: why its bytes stay (``version``, ``elsewhere``), empty: they go."""

    document: Document
    title: str
    stays: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Exactly what an erasure takes."""

    versions: tuple[ItemVersion, ...]
    files: tuple[FileFate, ...]
    notes: tuple[ItemNote, ...]
    unsaved: int
    previews: int

    @property
    def going(self) -> list[Document]:
        return [fate.document for fate in self.files if not fate.stays]


def plan(session: Session, item: Item, scope: Scope) -> Plan:
    """What ``erase`` would take. Raises ``NotFound`` for a version there is not, ``Invalid`` when none is chosen."""
    if not scope.numbers:
        raise Invalid("bip.erase.none_chosen")
    query = select(ItemVersion).where(ItemVersion.item_id == item.id, ItemVersion.number.in_(scope.numbers))
    versions = tuple(session.scalars(query.order_by(ItemVersion.number)))
    if len(versions) != len(set(scope.numbers)):
        raise NotFound("content.unknown_version")
    ids = [version.id for version in versions]
    notes = select(ItemNote).where(ItemNote.item_id == item.id).order_by(ItemNote.id)
    return Plan(
        versions=versions,
        files=tuple(_fates(session, item, ids)),
        notes=tuple(session.scalars(notes)) if scope.reasons else (),
        unsaved=len(session.scalars(select(UnsavedWork.id).where(UnsavedWork.item_id == item.id)).all()),
        previews=len(session.scalars(select(PreviewLink.id).where(PreviewLink.version_id.in_(ids))).all()),
    )


def erase(
    session: Session, actor: Actor, item_id: int, scope: Scope, *, basis: str, reason: str, expected: int | None = None
) -> Item:
    """Erase what ``scope`` names. ``basis`` and ``reason`` are public, so they name nobody.

    Raises ``Forbidden``, ``NotFound``, ``Invalid``, ``Conflict`` (changed meanwhile).
    """
    item = acts.find(session, item_id)
    policy.require(session, actor, RIGHT, item.path)
    acts.expect(item, expected)
    basis, reason = basis.strip(), reason.strip()
    if types.of(item.type).family.journal != JOURNAL:
        raise Conflict("bip.erase.not_bulletin")
    if not basis or not reason or len(basis) > MAX_BASIS or len(reason) > MAX_REASON:
        raise Invalid("bip.erase.words", basis=MAX_BASIS, reason=MAX_REASON)
    acts.require_public(session, actor, item, f"{basis}\n{reason}")
    found = plan(session, item, scope)
    said = message("bip.erased", day=formats.day(clock.today()), basis=basis, reason=reason)
    facts = {"at": clock.now().isoformat(), "basis": basis, "reason": reason}
    titles, words = [version.title for version in found.versions], traces.personal_words(found.versions)
    _forget_notes(session, found, said)
    _forget_beside(session, item, found)
    for version in found.versions:
        _forget_version(version, scope, facts, said)
        _forget_on_item(session, item, version, scope)
    _forget_elsewhere(session, item, scope, titles, words, said)
    request_scrub(session, _forget_files(session, actor, item, found))
    request_rebuild(session)  # segments of an index keep what was deleted from it until they are made anew
    entries.renew(session, item.id)
    for version in found.versions:
        _tell(session, actor, item, version, said)
    return item


def _forget_elsewhere(
    session: Session, item: Item, scope: Scope, titles: Sequence[str], words: set[str], said: str
) -> None:
    """What stands elsewhere: notes of related acts, reasons about terms, questions of readers, prepared archives."""
    if scope.title:
        traces.forget_titles(session, item, titles, message("bip.erased.title"))
    if scope.reasons:
        traces.forget_reasons(session, item, said)
    traces.forget_asked(session, words)
    traces.forget_archives(session, item)


def _tell(session: Session, actor: Actor, item: Item, version: ItemVersion, said: str) -> None:
    """The traces of an erasure: a leaf and a line of the register for what had been public, else for the office."""
    note = acts.note(session, actor, item, "erase", said, version.id)
    data = {"version": version.id, "number": version.number, "note": note.id}
    public = version.published_at is not None
    if public:
        acts.publicly(session, actor, "erased", item, version)
    acts.changed(session, actor, item, "erased", visible=public, data=data)


def _forget_version(version: ItemVersion, scope: Scope, facts: dict[str, Any], said: str) -> None:
    version.body = f"<p>{escape(said)}</p>"
    version.summary = ""
    kept = {} if scope.marks else {name: version.fields[name] for name in _MARKS if name in version.fields}
    version.fields = kept | {FIELD: facts}
    before = "" if scope.reasons else version.reason[: _MAX_WORDS - len(said) - 1]
    version.reason = f"{before} {said}".strip()[:_MAX_WORDS]
    if scope.title:
        version.title = message("bip.erased.title")


def _forget_on_item(session: Session, item: Item, version: ItemVersion, scope: Scope) -> None:
    """What the item's row and those beside it repeat of the version."""
    if version.id == item.live_version_id or item.live_version_id is None:
        item.title, item.summary = version.title, ""
    if scope.title:
        session.execute(update(TransferLine).where(TransferLine.item_id == item.id).values(title=""))
    session.execute(update(BulletinLeaf).where(BulletinLeaf.version_id == version.id).values(salt=""))
    session.execute(delete(ItemLink).where(ItemLink.version_id == version.id))
    links = session.scalars(select(OutsideLinkUse.link_id).where(OutsideLinkUse.version_id == version.id)).all()
    session.execute(delete(OutsideLinkUse).where(OutsideLinkUse.version_id == version.id))
    unused = ~select(OutsideLinkUse.link_id).where(OutsideLinkUse.link_id == OutsideLink.id).exists()
    session.execute(delete(OutsideLink).where(OutsideLink.id.in_(links), unused))


def _forget_notes(session: Session, found: Plan, said: str) -> None:
    for note in found.notes:
        note.text = said
    ids = [version.id for version in found.versions]
    session.execute(update(ReviewRequest).where(ReviewRequest.version_id.in_(ids)).values(message=""))


def _forget_beside(session: Session, item: Item, found: Plan) -> None:
    ids = [version.id for version in found.versions]
    session.execute(delete(UnsavedWork).where(UnsavedWork.item_id == item.id))
    session.execute(delete(PreviewLink).where(PreviewLink.version_id.in_(ids)))
    session.execute(delete(Decision).where(Decision.item_id == item.id))
    session.execute(delete(ItemFile).where(ItemFile.version_id.in_(ids)))


def _forget_files(session: Session, actor: Actor, item: Item, found: Plan) -> list[str]:
    """Forget the files that go, with all made of them; the sums whose bytes are to be removed."""
    going = found.going
    ids, sums = [file.id for file in going], {file.sha256 for file in going}
    sums |= set(session.scalars(select(Rendition.sha256).where(Rendition.document_id.in_(ids))))
    session.execute(delete(Rendition).where(Rendition.document_id.in_(ids)))
    session.execute(delete(Picture).where(Picture.document_id.in_(ids)))
    session.execute(delete(Redaction).where(or_(Redaction.original_id.in_(ids), Redaction.copy_id.in_(ids))))
    for file in going:
        documents.forget(session, actor, file)
    if item.picture_id in ids:
        item.picture_id = None
    session.flush()
    gone = sorted(sums - documents.in_use(session, sums))
    session.execute(delete(FileCheck).where(FileCheck.sha256.in_(gone)))
    return gone


def _fates(session: Session, item: Item, ids: Sequence[int]) -> list[FileFate]:
    """The files beside the versions, and the originals that redacted copies among them were made of."""
    beside = select(ItemFile.document_id, ItemFile.title).where(ItemFile.version_id.in_(ids))
    titles = {row.document_id: row.title for row in session.execute(beside)}
    known = _kin(session, item, titles)
    files = session.scalars(select(Document).where(Document.id.in_(known)).order_by(Document.id)).all()
    also = set(
        session.scalars(
            select(ItemFile.document_id).where(ItemFile.document_id.in_(known), ItemFile.version_id.not_in(ids))
        )
    )
    elsewhere = _used_elsewhere(session, known)
    return [
        FileFate(
            file,
            titles.get(file.id, file.name),
            "version" if file.id in also else "elsewhere" if file.id in elsewhere else "",
        )
        for file in files
    ]


def _kin(session: Session, item: Item, ids: Collection[int]) -> set[int]:
    """The files, what they were made of, and every other copy made of the same, also one that was never attached."""
    query = select(Redaction.original_id, Redaction.copy_id).where(Redaction.item_id == item.id)
    pairs = [(row.original_id, row.copy_id) for row in session.execute(query) if row.copy_id is not None]
    known, before = set(ids), 0
    while len(known) != before:
        before = len(known)
        known |= {one for pair in pairs if known.intersection(pair) for one in pair}
    return known


def _used_elsewhere(session: Session, ids: Collection[int]) -> set[int]:
    """Of the files ``ids``, those that a letter, a case, a form or anything else outside content names."""
    found: set[int] = set()
    for table in Base.metadata.tables.values():
        if table.name in _OWN:
            continue
        for key in table.foreign_keys:
            if key.column.table.name == Document.__tablename__:
                found |= set(session.scalars(select(key.parent).where(key.parent.in_(ids))))
    return found


__all__ = ["FIELD", "RIGHT", "FileFate", "Plan", "Scope", "erase", "plan"]
