"""What stands between a version and its publication: every finding in its texts and files, with the decision on it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.content import paths, structures, types
from portal.content.models import Item, ItemFile, ItemVersion
from portal.content.personal import addresses, detect, shown
from portal.content.personal.markup import Words
from portal.content.personal.models import DONE, WAITING, Decision, FileCheck, Redaction
from portal.core.actors import Actor
from portal.core.documents import Document
from portal.core.errors import Invalid

REASON = "reason"
"""The source of findings in words typed at an act, which everyone will read."""
TEXT = "text"
"""The source of findings in the version's own words."""
REMOVE, KEEP = "remove", "keep"
REASONS = ("public_function", "consent", "company", "false_alarm")
"""Why a finding may stay (UDIP art. 5(2) second sentence; RODO art. 6(1)(a); not a natural person; no data)."""
OFFICIALS = ("produced_by", "responsible", "published_by", "councillor", "person", "chosen")
"""Fields whose names are published by the law's own order: marks (UDIP art. 8(6)), a councillor (u.s.g. art. 24(7)),
who declares assets (art. 24i), who was chosen for a post (ustawa o pracownikach samorządowych art. 15)."""
_NOT_WORDS = frozenset({*OFFICIALS, "publisher", "case_sign", "number"})
_NOT_SAID = re.compile(r"field:exclusions\.\d+\.(?!scope$|interest$|file$)")
"""Of an exclusion only what an editor writes of it is looked through; who made it is named by the law's own order."""
UNASKED = "unasked"
"""The state of a file that the program took over and nobody has gone on with."""
_AROUND = 60
_SHORT = 24


@dataclass(frozen=True, slots=True)
class Piece:
    """A text to look through: where it stands (``body``, ``title``, ``page`` …), and which stretches are hidden how."""

    source: str
    place: str
    text: str
    number: int = 0
    layers: tuple[tuple[int, int, str], ...] = ()
    found: tuple[detect.Found, ...] | None = None
    """What was found when the file was looked into; ``None``: to be found now."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One place to decide on. ``layer``: empty for what a reader sees, else how it is hidden."""

    source: str
    place: str
    number: int
    start: int
    end: int
    kind: str
    subject: str
    public: bool
    layer: str
    before: str
    text: str
    after: str
    decision: Decision | None = None

    @property
    def mark(self) -> str:
        """What the decision is remembered by: the finding and the words around it, not its position."""
        before, after = self.before.rpartition("\n")[2], self.after.partition("\n")[0]
        around = (squeezed(before)[-_SHORT:], squeezed(self.text), squeezed(after)[:_SHORT])
        if self.kind == "picture":
            around = (str(self.number), "", "")  # it has no words: what is said of one page says nothing of another
        return hashlib.sha256(
            "\0".join((self.kind, self.subject, self.place, self.layer, *around)).encode()
        ).hexdigest()

    @property
    def group(self) -> str:
        """The same for all occurrences of one person or number, without telling which."""
        return hashlib.sha256(f"{self.kind}\0{self.subject}".encode()).hexdigest()[:16]

    @property
    def kept(self) -> bool:
        """Was it decided that it may stay?"""
        return self.decision is not None and self.decision.act == KEEP

    @property
    def open(self) -> bool:
        """Does it still keep the version from being published?"""
        return self.decision is None or self.decision.act == REMOVE


@dataclass(frozen=True, slots=True)
class FileState:
    """An attached file and how far it is."""

    document: Document
    title: str
    state: str
    note: str
    redacting: bool
    made_of: int | None
    """The document it was made of, for a redacted copy."""
    kind: str = ""
    failed: str = ""
    """Why the last redacted copy could not be made."""


@dataclass(frozen=True, slots=True)
class Review:
    """Everything the gate knows of one version."""

    findings: tuple[Finding, ...]
    files: tuple[FileState, ...]

    @property
    def undecided(self) -> int:
        return sum(finding.decision is None for finding in self.findings)

    @property
    def to_remove(self) -> int:
        """Decided to be removed, and still there."""
        return sum(finding.decision is not None and finding.decision.act == REMOVE for finding in self.findings)

    @property
    def waiting(self) -> tuple[FileState, ...]:
        """Files that are being read or redacted."""
        return tuple(file for file in self.files if file.state == WAITING or file.redacting)

    @property
    def unreadable(self) -> tuple[FileState, ...]:
        return tuple(file for file in self.files if file.state not in (WAITING, DONE, UNASKED))


def review(session: Session, item: Item, version: ItemVersion, known: Iterable[detect.Known] = ()) -> Review:
    """Look through the version's texts and its checked files."""
    files = tuple(_files(session, item, version))
    pieces = [*text_pieces(version, files), *_shown_pieces(session, version), *_file_pieces(session, files)]
    known_decisions = {
        (row.source, row.mark): row
        for row in session.scalars(select(Decision).where(Decision.item_id == item.id)).unique()
    }
    found = tuple(finding for piece in pieces for finding in findings(piece, officials(version), known))
    return Review(tuple(replace(one, decision=known_decisions.get((one.source, one.mark))) for one in found), files)


def of_working_copy(session: Session, item_id: int) -> Review:
    """The review of what an editor goes on from: the working copy, else the public state."""
    item = session.get_one(Item, item_id)
    return review(session, item, session.get_one(ItemVersion, item.draft_version_id or item.live_version_id))


def decided(finding: Finding, decision: Decision | None) -> Finding:
    """The finding with a decision on it."""
    return replace(finding, decision=decision)


def check(session: Session, actor: Actor, item: Item, version: ItemVersion) -> None:
    """Before publication in the Bulletin. Raises ``Invalid`` until every finding is decided and carried out.

    What the program itself puts in (the demonstration, a transfer of what is public already) has no editor to ask; a
    person who publishes what was brought as a working copy answers for it as for their own.
    """
    if not types.of(item.type).family.reasons or _was_public_already(actor, version):
        return
    if item.published_at is None:
        addresses.check(item, version.title, officials(version), paths.name_of(item.path))
    state = review(session, item, version)
    unasked = next((file for file in state.files if file.state == UNASKED), None)
    if unasked is not None:
        raise Invalid("personal.unasked", name=unasked.title)
    if state.unreadable:
        raise Invalid("personal.unreadable", name=state.unreadable[0].title)
    if state.waiting:
        raise Invalid("personal.still_checking", name=state.waiting[0].title)
    if state.undecided:
        raise Invalid("personal.undecided", count=state.undecided)
    if state.to_remove:
        pictured = next((one for one in state.findings if one.place in shown.PLACES and not one.kept), None)
        if pictured is not None:
            raise Invalid("personal.in_picture", found=pictured.text)
        stuck = _cannot_be_redacted(state)
        if stuck is not None:
            raise Invalid("personal.cannot_redact", name=stuck.title)
        raise Invalid("personal.not_removed", count=state.to_remove)


def _was_public_already(actor: Actor, version: ItemVersion) -> bool:
    """Is this the program's own text, or a state that another system had shown to everyone?"""
    if version.created_by is not None or actor.kind == "user":
        return False
    origin = version.fields.get("origin")
    return not origin or bool(origin.get("published_at"))


_REDACTED = frozenset({"pdf", "picture", "docx", "xlsx", "pptx", "odt", "ods"})
"""Kinds of files from which something can be taken out; from others (RTF, ZIP, plain text) a person has to."""


def _cannot_be_redacted(state: Review) -> FileState | None:
    """A file with something decided to be removed that no program here can remove."""
    guilty = {one.source for one in state.findings if one.decision is not None and one.decision.act == REMOVE}
    return next((file for file in state.files if file.document.sha256 in guilty and file.kind not in _REDACTED), None)


def in_words(session: Session, item: Item, words: str) -> list[Finding]:
    """What is to be decided on in words that a person typed at an act on an item, with the decisions there are."""
    version = session.get(ItemVersion, item.draft_version_id or item.live_version_id or 0)
    named = officials(version) if version is not None else []
    found = list(findings(Piece(REASON, "reason", words), named))
    query = select(Decision).where(Decision.item_id == item.id, Decision.source == REASON)
    known = {row.mark: row for row in session.scalars(query)} if found else {}
    return [replace(one, decision=known.get(one.mark)) for one in found]


def check_words(session: Session, item: Item, words: str) -> None:
    """Before an act whose reason stands in public in the Bulletin. Raises ``Invalid`` naming what is in it."""
    if not types.of(item.type).family.reasons:
        return
    found = [one for one in in_words(session, item, words) if one.open]
    if found:
        raise Invalid("personal.in_reason", found=list(dict.fromkeys(one.text for one in found)))


def officials(version: ItemVersion) -> list[str]:
    """People whom the law itself wants named beside this text."""
    names = [str(version.fields.get(name) or "") for name in OFFICIALS]
    names += [str(row.get("made_by") or "") for row in version.fields.get("exclusions") or []]
    names += structures.people(version.fields)
    return [name for name in (*names, version.author) if name.strip()]


def text_pieces(version: ItemVersion, files: Iterable[FileState] = ()) -> Iterator[Piece]:
    """The version's own words: title, summary, text, the type's fields, titles and names of files."""
    yield Piece(TEXT, "title", version.title)
    yield Piece(TEXT, "summary", version.summary)
    yield Piece(TEXT, "reason", version.reason)
    yield Piece(TEXT, "body", Words(version.body).text)
    for name, value in version.fields.items():
        if name not in _NOT_WORDS:
            said = said_in(f"field:{name}", value)
            yield from (Piece(TEXT, place, text) for place, text in said if not _NOT_SAID.match(place))
    for file in files:
        yield Piece(TEXT, "file_title", file.title, file.document.id)
        yield Piece(TEXT, "file_name", file.document.name, file.document.id)


def _shown_pieces(session: Session, version: ItemVersion) -> Iterator[Piece]:
    """What stands beside the images that the text shows: it goes out with the text."""
    if "item:" in version.body:
        yield from (Piece(TEXT, place, text, number) for place, text, number in shown.words(session, version))


def said_in(place: str, value: Any) -> Iterator[tuple[str, str]]:
    """The texts of a field, also of one made of rows, each with its place."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from said_in(f"{place}.{key}", inner)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from said_in(f"{place}.{number}", inner)


def findings(piece: Piece, named: Iterable[str] = (), known: Iterable[detect.Known] = ()) -> Iterator[Finding]:
    """What to decide on in one piece, with the words around it."""
    text = piece.text
    for place, end, layer in piece.layers:
        if layer == "location":
            where = text[place:end]
            yield Finding(
                piece.source, piece.place, piece.number, place, end, "location", squeezed(where), False, layer, "",
                where, "",
            )  # fmt: skip
        elif layer in ("scan", "picture", "recording"):
            # Nobody can read a picture for the editor: it is shown, and a person says what is in it.
            yield Finding(
                piece.source, piece.place, piece.number, place, end, "picture", layer, False, layer, "", "", ""
            )
    known = tuple(known)
    ready = piece.found if piece.found is not None and not known else None
    for one in detect.find(text, known, named) if ready is None else detect.without(ready, text, named):
        start, end = one.start, one.end
        before, after = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
        yield Finding(
            piece.source, piece.place, piece.number, start, end, one.kind, one.subject, one.public,
            _layer(piece, start, end), before, text[start:end], after,
        )  # fmt: skip


def _layer(piece: Piece, start: int, end: int) -> str:
    return next((layer for low, high, layer in piece.layers if low < end and start < high), "")


def squeezed(text: str) -> str:
    """Letters and digits only, small: what two writings of the same thing have in common."""
    return re.sub(r"[\W_]+", "", text).lower()


def _files(session: Session, item: Item, version: ItemVersion) -> Iterator[FileState]:
    query = (
        select(Document, ItemFile.title, FileCheck)
        .join(ItemFile, ItemFile.document_id == Document.id)
        .outerjoin(FileCheck, FileCheck.sha256 == Document.sha256)
        .where(ItemFile.version_id == version.id)
        .order_by(ItemFile.position)
    )
    made = list(session.scalars(select(Redaction).where(Redaction.item_id == item.id)))
    origin = {row.copy_id: row.original_id for row in made if row.copy_id}
    busy = {row.original_id for row in made if row.state == WAITING}
    failed = {row.original_id: row.note for row in sorted(made, key=lambda row: row.id) if row.note and not row.copy_id}
    unasked = WAITING if version.created_by is not None else UNASKED
    for document, title, checked in session.execute(query):
        state, note, kind = (checked.state, checked.note, checked.kind) if checked else (unasked, "", "")
        redacting = document.id in busy
        problem = "" if redacting else failed.get(document.id, "")
        yield FileState(document, title, state, note, redacting, origin.get(document.id), kind, problem)


def _file_pieces(session: Session, files: Iterable[FileState]) -> Iterator[Piece]:
    hashes = {file.document.sha256 for file in files if file.state == DONE}
    if not hashes:
        return
    for row in session.scalars(select(FileCheck).where(FileCheck.sha256.in_(hashes))):
        yield from pieces_of(row.sha256, row.pieces)


def pieces_of(sha256: str, stored: Iterable[dict[str, Any]]) -> Iterator[Piece]:
    """The pieces of a file as they were stored."""
    for one in stored:
        layers = tuple((int(a), int(b), str(c)) for a, b, c in one.get("layers") or ())
        ready = tuple(detect.Found(*row) for row in one["found"]) if one.get("rules") == detect.VERSION else None
        yield Piece(sha256, str(one["place"]), str(one["text"]), int(str(one.get("number") or 0)), layers, ready)
