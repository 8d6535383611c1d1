"""Withholding a part of an item (UDIP art. 5 and 8(5)): paragraphs, words, table rows, files, pages of a file.

What is withheld leaves the working copy in the same act; only earlier working copies, which editors alone can read,
still hold it. Where the same words are left elsewhere, the editor is told.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bip import exclusions, fragments
from bip.exclusions import FIELD, FILE, PAGE, TEXT, WORDS, Exclusion
from portal.content import acts, earlier, links, sanitise, versions
from portal.content.editor import work
from portal.content.models import Item, ItemFile, ItemVersion
from portal.content.personal import asking, deciding
from portal.content.personal.models import DONE, WAITING, FileCheck
from portal.content.personal.review import squeezed
from portal.content.versions import Attachment
from portal.core.actors import Actor
from portal.core.documents import Document
from portal.core.errors import Conflict, Invalid

MOST = 99
"""Exclusions of one item; a text with more is better published as what may be shown."""
_PAGES = re.compile(r"(\d{1,4})(?:\s*[-–]\s*(\d{1,4}))?")
_MOST_PAGES = 500
UNREAD = "bip.exclusion_pages_unread"
"""The refusal of pages of a file that is not read yet."""
_MOST_NUMBERS = 1000
"""Numbers are not used twice, and a mark has three digits."""
_TELLING, _LONG = 3, 6
"""Letters of the shortest text that is looked for elsewhere; of the shortest that is looked for inside words too."""
_SAID_BESIDE = re.compile(r'\b(?:alt|title|aria-label)="([^"]*)"')
_ATTRIBUTE = re.compile(r'="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Facts:
    """What the law asks to be said of an exclusion."""

    ground: str
    scope: str
    made_by: str
    interest: str = ""

    def check(self) -> None:
        """Raise ``Invalid`` naming what is missing."""
        known = exclusions.grounds().get(self.ground)
        for name, value in (("ground", known), ("scope", self.scope.strip()), ("made_by", self.made_by.strip())):
            if not value:
                raise Invalid(f"bip.exclusion_{name}_missing", field=name)
        if known is not None and known.interest and not self.interest.strip():
            raise Invalid("bip.exclusion_interest_missing", field="interest")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is to be withheld: units by number, of them only ``words`` when there are any, files (→ pages; all)."""

    units: tuple[int, ...] = ()
    words: str = ""
    files: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """A working copy as it would be: its text, all its exclusions, its files; ``pages`` to be made black, by file.

    ``gone``: what the withheld parts of the text said.
    """

    body: str
    kept: tuple[Exclusion, ...]
    files: tuple[Attachment, ...]
    pages: dict[int, list[int]]
    gone: tuple[str, ...]


def latest(session: Session, item: Item) -> ItemVersion:
    """The version an editor goes on from. Raises ``Conflict`` when there is none."""
    last = session.get(ItemVersion, versions.latest_id(item) or 0)
    if last is None:
        raise Conflict("content.nothing_new")
    return last


def plan(session: Session, version: ItemVersion, chosen: Chosen, facts: Facts) -> Plan:
    """What ``exclude`` would make of a version. Raises ``Invalid`` naming what is wrong."""
    if not (chosen.units or chosen.words.strip() or chosen.files):
        raise Invalid("bip.exclusion_nothing", field="units")
    facts.check()
    kept = exclusions.of_fields(version.fields)
    number = exclusions.next_number(session, version.item_id)
    body, made, gone = _in_text(version, chosen, facts, number)
    attached = {file.document_id: file for file in versions.files_of(session, version.id)}
    pages: dict[int, list[int]] = {}
    for document_id, asked in chosen.files.items():
        if document_id not in attached:
            raise Invalid("content.unknown_file", field="files")
        one = replace(_row(version, facts, number + len(made), FILE), file=attached[document_id].title)
        one = replace(one, document=document_id)
        if asked.strip():
            pages[document_id] = _pages(session, version.item_id, document_id, asked)
            one = replace(one, place=PAGE, pages=_said(pages[document_id]))
        else:
            del attached[document_id]
        made.append(one)
    if len(kept) + len(made) > MOST or number + len(made) > _MOST_NUMBERS:
        raise Invalid("bip.exclusion_too_many", limit=MOST)
    return Plan(body, (*kept, *made), tuple(attached.values()), pages, tuple(gone))


def _in_text(version: ItemVersion, chosen: Chosen, facts: Facts, number: int) -> tuple[str, list[Exclusion], list[str]]:
    known = {unit.number: unit for unit in fragments.units(version.body)}
    if not set(chosen.units) <= set(known):
        raise Invalid("bip.exclusion_unit_unknown", field="units")
    wanted = [known[one] for one in chosen.units]
    if words := " ".join(chosen.words.split()):
        body, times = fragments.cut_words(version.body, words, wanted, number)
        if not times:
            raise Invalid("bip.exclusion_words_unknown", field="words")
        return body, [_row(version, facts, number, WORDS)], [words]
    body, runs = fragments.cut(version.body, wanted, number)
    made = [_row(version, facts, number + place, TEXT) for place in range(len(runs))]
    units = [unit for run in runs for unit in run]
    beside = [html.unescape(one) for unit in units for one in _SAID_BESIDE.findall(version.body[unit.start : unit.end])]
    return body, made, [*(unit.text for unit in units), *beside]


def _row(version: ItemVersion, facts: Facts, number: int, place: str) -> Exclusion:
    why = exclusions.grounds()[facts.ground]
    return Exclusion(
        number, facts.ground, facts.scope.strip()[:300], facts.made_by.strip()[:200], facts.interest.strip()[:200],
        basis=why.basis, address=why.address, place=place, taken_from=version.number,
    )  # fmt: skip


def _pages(session: Session, item_id: int, document_id: int, asked: str) -> list[int]:
    """The pages of a file named as ``2, 4-6``. Raises ``Invalid`` for what names none, or is no PDF or picture;
    ``Conflict`` while a copy of the file is being made."""
    document = session.get_one(Document, document_id)
    if document.content_type != "application/pdf" and not document.content_type.startswith("image/"):
        raise Invalid("bip.exclusion_pages_of_pdf", field="files", name=document.name)
    found: set[int] = set()
    for part in asked.split(","):
        match = _PAGES.fullmatch(part.strip())
        if match is None:
            raise Invalid("bip.exclusion_pages_unclear", field="files", asked=asked)
        first, last = int(match.group(1)), int(match.group(2) or match.group(1))
        found |= set(range(first, min(last, first + _MOST_PAGES) + 1))
    most = _last_page(session, document)
    if not found or min(found) < 1 or max(found) > most:
        raise Invalid("bip.exclusion_pages_beyond", field="files", asked=asked, last=most)
    asking.require_idle(session, item_id, document)
    return sorted(found)


def _last_page(session: Session, document: Document) -> int:
    """The number of the file's last page. Raises ``Invalid`` while it is not known, or cannot be."""
    checked = session.get(FileCheck, document.sha256)
    if checked is None or checked.state == WAITING:
        raise Invalid(UNREAD, field="files", name=document.name)
    pages = [int(one.get("number") or 0) for one in checked.pieces if one.get("place") == "page"]
    if checked.state != DONE or not pages:
        raise Invalid("bip.exclusion_pages_unknown", field="files", name=document.name)
    return max(pages)


def read_files(session: Session, item_id: int, chosen: Chosen) -> None:
    """Have the chosen files of an item read, so that their pages can be named: those the program took over were not."""
    version = latest(session, acts.find(session, item_id))
    for file in versions.files_of(session, version.id):
        if file.document_id in chosen.files:
            asking.request_check(session, file.document_id)


def _said(pages: Sequence[int]) -> str:
    return ", ".join(map(str, pages))


def exclude(
    session: Session, actor: Actor, item_id: int, chosen: Chosen, facts: Facts, *, expected: int | None
) -> tuple[ItemVersion, list[str]]:
    """Save a working copy without what is withheld; what is left of it elsewhere, as codes of ``left``.

    A planned publication of an earlier version is called off (``schedule``), links to look at one are taken back
    (``links``). Pages of files are made black by the worker; until then the item cannot be published. Raises
    ``Forbidden``, ``Conflict`` (changed meanwhile, unsaved work that would bring the text back), ``Invalid``.
    """
    item = acts.find(session, item_id)
    acts.require(session, actor, item, "edit")
    if work.of(session, actor, work.place_of(item_id)) is not None:
        raise Conflict("bip.exclusion_unsaved")
    before = latest(session, item)
    planned = plan(session, before, chosen, facts)
    version = _saved(session, actor, item, before, planned.body, planned.kept, planned.files, expected)
    for document_id, pages in planned.pages.items():
        sides = dict(zip(("left", "top", "width", "height"), asking.WHOLE, strict=True))
        boxes = [{"page": page} | sides for page in pages]
        deciding.paint(session, actor, item_id, document_id, boxes)
    closed = earlier.close(session, actor, item)
    shown = _images(session, links.targets(before.body) - links.targets(version.body))
    return version, [*left(session, item, version, planned.gone, chosen.files), *shown, *closed]


def _images(session: Session, gone: Iterable[int]) -> list[str]:
    """``images``: an image of the withheld part can still be opened at its own address, with all its sizes."""
    query = select(Item.id).where(Item.id.in_(list(gone)), Item.type == "image", Item.live_version_id.is_not(None))
    return ["images"] if session.scalar(query.limit(1)) is not None else []


def _saved(
    session: Session, actor: Actor, item: Item, before: ItemVersion, body: str, kept: Sequence[Exclusion],
    files: Sequence[Attachment] | None, expected: int | None,
) -> ItemVersion:  # fmt: skip
    fields: dict[str, Any] = before.fields | {FIELD: [one.stored() for one in kept]}
    return versions.save_draft(
        session, actor, item.id, expected=expected, title=before.title, summary=before.summary, body=body,
        fields=fields, files=files, reason=before.reason if item.draft_version_id else "",
    )  # fmt: skip


def change(
    session: Session, actor: Actor, item_id: int, number: int, facts: Facts, *, expected: int | None
) -> ItemVersion:
    """Say of an exclusion other facts, in a new working copy. Raises ``Invalid``, ``Conflict``."""
    facts.check()
    item = acts.find(session, item_id)
    before = latest(session, item)
    why = exclusions.grounds()[facts.ground]
    kept = [
        replace(
            one, ground=facts.ground, scope=facts.scope.strip()[:300], made_by=facts.made_by.strip()[:200],
            interest=facts.interest.strip()[:200], basis=why.basis, address=why.address,
        ) if one.number == number else one
        for one in exclusions.of_fields(before.fields)
    ]  # fmt: skip
    return _saved(session, actor, item, before, before.body, kept, None, expected)


def lift(session: Session, actor: Actor, item_id: int, number: int, *, expected: int | None) -> ItemVersion:
    """Take an exclusion back: its facts and its mark go; what was withheld is put in again by the editor."""
    item = acts.find(session, item_id)
    before = latest(session, item)
    kept = [one for one in exclusions.of_fields(before.fields) if one.number != number]
    body = re.sub(rf"<p>\s*\[wyłączenie {number}\]\s*</p>|\[wyłączenie {number}\]", "", before.body)
    return _saved(session, actor, item, before, body, kept, None, expected)


def left(
    session: Session, item: Item, version: ItemVersion, gone: Sequence[str], files: Iterable[int] = ()
) -> list[str]:
    """Where words that were withheld are left: ``title``, ``summary``, ``body``, ``fields``, ``files``, ``public``
    (an earlier version everyone can read, or its files); ``public_files``: a withheld file is beside such a one."""
    wanted = [text for text in gone if len(squeezed(text)) >= _TELLING]
    query = select(ItemVersion).where(ItemVersion.item_id == item.id, ItemVersion.published_at.is_not(None))
    public = list(session.scalars(query)) if wanted else []
    places = {
        "title": version.title, "summary": version.summary, "body": _said_in(version.body),
        "fields": _of_fields(version), "files": _of_files(session, [version]),
        "public": "\n".join(
            [f"{one.title}\n{one.summary}\n{_said_in(one.body)}\n{_of_fields(one)}" for one in public]
            + [_of_files(session, public)]
        ),
    }  # fmt: skip
    found = [name for name, text in places.items() if _says(text, wanted)]
    return [*found, "public_files"] if _public(session, files) else found


def _said_in(markup: str) -> str:
    """The words of a text, and those of its attributes: descriptions of pictures, titles, addresses."""
    beside = "\n".join(_ATTRIBUTE.findall(markup))
    return f"{sanitise.to_text(markup)}\n{html.unescape(beside)}"


def _of_fields(version: ItemVersion) -> str:
    return str({name: value for name, value in version.fields.items() if name != FIELD})


def _of_files(session: Session, seen: Sequence[ItemVersion]) -> str:
    """What the files beside these versions say, are called, and were named."""
    query = (
        select(Document.id, Document.text, Document.name, ItemFile.title)
        .join(ItemFile, ItemFile.document_id == Document.id)
        .where(ItemFile.version_id.in_([one.id for one in seen]))
    )
    rows = {row.id: row for row in session.execute(query)}
    return "\n".join(f"{row.text or ''}\n{row.name}\n{row.title}" for row in rows.values())


def _says(text: str, wanted: Sequence[str]) -> bool:
    """Whether one of these texts stands there: a long one however it is written, a short one as words of its own,
    with the endings of Polish (``Nowak``, ``Nowakowi``)."""
    run = squeezed(text)
    for one in wanted:
        if len(squeezed(one)) >= _LONG:
            if squeezed(one) in run:
                return True
            continue
        words = r"[\W_]+".join(re.findall(r"[^\W_]+", one))
        if re.search(rf"(?<![^\W_]){words}[^\W\d_]{{0,3}}(?![^\W_])", text, re.IGNORECASE):
            return True
    return False


def _public(session: Session, files: Iterable[int]) -> bool:
    """Whether one of the files, by its bytes, is beside a version that everyone can read, of whatever item."""
    same = select(Document.sha256).where(Document.id.in_(list(files)))
    query = (
        select(ItemVersion.id)
        .join(ItemFile, ItemFile.version_id == ItemVersion.id)
        .join(Document, Document.id == ItemFile.document_id)
        .where(Document.sha256.in_(same), ItemVersion.published_at.is_not(None))
    )
    return session.scalar(query.limit(1)) is not None
