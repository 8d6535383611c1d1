"""A case as its page shows it: the files, the document in the middle, the course, and what can be done now."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from bip.actions import published_from
from eoffice.cases import access, queries
from eoffice.cases.models import Case, CaseElement, JrwaClass
from eoffice.cases.queries import Act
from eoffice.cases.workflow import LIVE, WORKFLOW
from eoffice.desk import reading, scope
from eoffice.desk.reading import FileRow, Readable
from eoffice.dispatch import queries as letters
from eoffice.dispatch.models import Delivery, Letter
from eoffice.intake.models import Message
from eoffice.parties.models import Party
from eoffice.register.models import Entry
from portal.accounts import policy
from portal.accounts.models import Group, User
from portal.content.models import Item
from portal.core import events
from portal.core.actors import Actor
from portal.core.blobs import BlobStore
from portal.core.documents import Document
from portal.web.texts import event_text


@dataclass(frozen=True, slots=True)
class Told:
    """A line of the metryka: when, who with which post, what, on which document."""

    at: datetime
    person: str
    post: str
    text: str
    document: Document | None


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A letter with its recipients and what was published of it."""

    letter: Letter
    deliveries: list[Delivery]
    published: Item | None


@dataclass
class CasePage:
    """Everything the page of a case shows."""

    case: Case
    jrwa: JrwaClass
    department: Group
    assignee: User | None
    parties: list[Party]
    entries: dict[int, Entry]
    elements: list[CaseElement]
    chosen: CaseElement | None
    document: Readable | None
    files: list[FileRow]
    letters: list[LetterRow]
    course: list[Told]
    related: list[Case]
    code: str
    acts: frozenset[str] = frozenset()
    people: dict[int, User] = field(default_factory=dict)


def read(session: Session, blobs: BlobStore, actor: Actor, case_id: int, element_id: int, secret: str) -> CasePage:
    """The page of a case; ``element_id`` 0 shows the newest document."""
    case = scope.case(session, actor, case_id)
    elements = queries.elements(session, case.id)
    chosen = _chosen(elements, element_id)
    entries = {entry.id: entry for entry in queries.entries(session, case.id)}
    return CasePage(
        case=case,
        jrwa=session.get_one(JrwaClass, case.symbol),
        department=session.get_one(Group, case.department_id),
        assignee=session.get(User, case.assignee_id) if case.assignee_id else None,
        parties=queries.parties(session, case.id),
        entries=entries,
        elements=elements,
        chosen=chosen,
        document=reading.readable(session, blobs, chosen.document_id) if chosen else None,
        files=_files(session, entries, chosen),
        letters=[_letter(session, letter) for letter in letters.letters(session, case.id)],
        course=acts(session, case),
        related=queries.related(session, case),
        code=access.access_code(secret, case),
        acts=_possible(session, actor, case),
        people=scope.names(session, {element.added_by for element in elements}),
    )


def _chosen(elements: list[CaseElement], element_id: int) -> CaseElement | None:
    named = [element for element in elements if element.id == element_id]
    with_document = [element for element in elements if element.document_id]
    newest = (with_document or elements)[-1:]
    return next(iter(named or newest), None)


def _files(session: Session, entries: dict[int, Entry], chosen: CaseElement | None) -> list[FileRow]:
    entry = entries.get(chosen.entry_id) if chosen and chosen.entry_id else None
    message = session.get(Message, entry.message_id) if entry and entry.message_id else None
    return reading.files(session, message)


def _letter(session: Session, letter: Letter) -> LetterRow:
    return LetterRow(letter, letters.deliveries(session, letter.id), published_from(session, letter.ref))


def _possible(session: Session, actor: Actor, case: Case) -> frozenset[str]:
    """The acts this person may do on the case as it is now."""
    if not policy.can(session, actor, "cases.work", case.path):
        return frozenset()
    named = {arrow.name for arrow in WORKFLOW.possible(case.state) if arrow.right}
    if case.state in LIVE:
        named |= {"note", "term", "person"}
        named |= {"write"} if policy.can(session, actor, "letters.write", case.path) else set()
    return frozenset(named)


def acts(session: Session, case: Case) -> list[Told]:
    """The metryka, in words, newest first."""
    lines = queries.metryka(session, case)
    people = scope.names(session, {line.user_id for line in lines})
    return [_told(session, line, people) for line in reversed(lines)]


def _told(session: Session, line: Act, people: dict[int, User]) -> Told:
    user = people.get(line.user_id) if line.user_id is not None else None
    document = session.get(Document, line.document_id) if line.document_id else None
    return Told(
        line.event.at, user.name if user else "", user.position if user else "", event_text(line.event), document
    )


def documents(session: Session, case: Case) -> set[int]:
    """Which documents belong to the case: those of its elements, and what came with its items."""
    found = {element.document_id for element in queries.elements(session, case.id)}
    for entry in queries.entries(session, case.id):
        message = session.get(Message, entry.message_id) if entry.message_id else None
        found |= reading.documents_of_message(session, message) if message else set()
    for event in events.history(session, case.ref, limit=10_000):
        found |= {int(ref.split(":")[1]) for ref in event.refs if str(ref).startswith("document:")}
    return {number for number in found if number is not None}
