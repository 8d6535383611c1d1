"""The course of a case as its party, or anybody with its access code, sees it: done, now, next.

Read from the states and the events as they are; nothing is copied, so a step shows as soon as it happened.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from eoffice.cases import queries as cases
from eoffice.cases.models import Case
from eoffice.cases.workflow import LIVE
from eoffice.dispatch.models import Delivery, Letter
from eoffice.dispatch.workflow import ARRIVED
from eoffice.intake.models import Message
from forms.models import Submission
from portal.core.documents import Document
from portal.core.events import Event
from portal.web.texts import event_text

FOR_PARTY, FOR_ANYBODY = ("public", "citizen"), ("public",)
SILENT = frozenset({"letter.approved", "case.assigned", "submission.registered"})
"""Told to nobody outside as a step of its own: another step says the same better."""

NEXT: dict[str, tuple[str, ...]] = {
    "open": ("work", "decision", "delivery"),
    "in_progress": ("decision", "delivery"),
    "awaiting_party": ("work", "decision", "delivery"),
    "decided": ("delivery", "end"),
}
"""What usually follows in each state; the words are ``course.next.<name>``."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the course. ``name`` of steps that did not happen yet names their words in the texts."""

    state: str
    title: str = ""
    at: datetime | None = None
    name: str = ""
    files: list[tuple[Document, str]] = field(default_factory=list)
    link: str = ""
    """Where the step's result can be read by anybody (the Bulletin)."""


@dataclass(frozen=True, slots=True)
class _Told:
    """An event with its days as days, so that they are written as people write them."""

    verb: str
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Course:
    """``now`` names the sentence of the present state, ``to_do`` the one thing asked of the party, if any."""

    steps: list[Step]
    now: str
    to_do: str = ""


def of_case(session: Session, case: Case, *, mine: frozenset[int] | None) -> Course:
    """The course of ``case``: for a party (``mine``: whom the reader stands for), for anybody (``None``)."""
    letters = list(session.scalars(select(Letter).where(Letter.case_id == case.id)))
    sent = _deliveries(session, letters)
    told = _events(session, case, mine)
    papers = _Papers(session, mine, letters, sent)
    steps = [_came(session, case)] if mine is None else []
    steps += [_done(event, papers) for event in told if event.verb not in SILENT]
    now = _now(case, letters, sent)
    if case.state in LIVE:
        steps.append(Step("now", name=now))
        steps += [Step("next", name=name) for name in _ahead(case, sent)]
    return Course([step for step in steps if step.title or step.name], now, _to_do(case, sent, mine))


def _came(session: Session, case: Case) -> Step:
    """For anybody the first thing is that something came; what and from whom is not told."""
    first = next(iter(cases.entries(session, case.id)), None)
    return Step("done", name="came", at=first.registered_at) if first else Step("done")


def _events(session: Session, case: Case, mine: frozenset[int] | None) -> list[Event]:
    if mine is None:
        return cases.events_about(session, [case.ref], audiences=FOR_ANYBODY)
    subjects = [case.ref, *(item.ref for item in own_submissions(session, case, mine))]
    return cases.events_about(session, subjects, audiences=FOR_PARTY)


def own_submissions(session: Session, case: Case, mine: frozenset[int]) -> list[Submission]:
    """The reader's own submissions that came into the case: nobody sees another party's."""
    ids = [entry.message_id for entry in cases.entries(session, case.id) if entry.party_id in mine]
    query = select(Submission).join(Message, Message.submission_id == Submission.id).where(Message.id.in_(ids))
    return list(session.scalars(query.order_by(Submission.id).distinct()))


def _done(event: Event, papers: _Papers) -> Step:
    data = {name: _written(value) for name, value in event.data.items()}
    link = str(data.get("path", "")) if event.verb == "case.published" else ""
    return Step("done", event_text(_Told(event.verb, data)), event.at, files=papers.beside(event), link=link)


def _written(value: object) -> object:
    return date.fromisoformat(value) if isinstance(value, str) and _DAY.match(value) else value


def _deliveries(session: Session, letters: list[Letter]) -> list[Delivery]:
    query = select(Delivery).where(Delivery.letter_id.in_([letter.id for letter in letters]))
    return list(session.scalars(query))


def _now(case: Case, letters: list[Letter], sent: list[Delivery]) -> str:
    # What the party can do something about comes first.
    if any(delivery.state == "to_hand" for delivery in sent):
        return "counter"
    if any(delivery.state == "handed" for delivery in sent):
        return "collect"
    if any(letter.state in ("awaiting_approval", "approved", "sealed", "sending") for letter in letters):
        return "answer"
    return case.state


def _ahead(case: Case, sent: list[Delivery]) -> Iterable[str]:
    """What usually follows, without the delivery of a decision that everybody has already."""
    done = case.state == "decided" and bool(sent) and all(delivery.state in ARRIVED for delivery in sent)
    return (name for name in NEXT[case.state] if not (done and name == "delivery"))


def _to_do(case: Case, sent: list[Delivery], mine: frozenset[int] | None) -> str:
    """The one thing the party has to do."""
    if mine is None:
        return ""
    own = {delivery.state for delivery in sent if delivery.party_id in mine}
    if "handed" in own:
        return "collect"
    if "to_hand" in own:
        return "counter"
    return "answer" if case.state == "awaiting_party" else ""


class _Papers:
    """Which documents stand beside which step, for a party; none for anybody else.

    A letter can be read here only once it is delivered: before, it is taken where it was sent (KPA art. 39, 46).
    """

    def __init__(
        self, session: Session, mine: frozenset[int] | None, letters: list[Letter], sent: list[Delivery]
    ) -> None:
        self.session, self.mine = session, mine
        own = [delivery for delivery in sent if mine is not None and delivery.party_id in mine]
        arrived = {delivery.letter_id for delivery in own if delivery.state in ARRIVED}
        self.letters = {item.ref: item.document_id for item in letters if item.id in arrived and item.document_id}
        self.proofs = {item.ref: item.proof_id for item in own if item.proof_id and item.state in ARRIVED}

    def beside(self, event: Event) -> list[tuple[Document, str]]:
        """(document, what it is) for the step."""
        if self.mine is None:
            return []
        kind = event.verb.partition(".")[0]
        if kind == "submission":
            return self._found([ref for ref in event.refs if ref.startswith("document:")], event.verb)
        if event.verb == "letter.sent":
            return self._numbered(self.letters, event.refs, "letter")
        if kind == "delivery":
            return self._numbered(self.proofs, event.refs, "proof")
        return []

    def _found(self, refs: list[str], verb: str) -> list[tuple[Document, str]]:
        what = "receipt" if verb == "submission.receipt" else "submission"
        found = [self.session.get(Document, int(ref.partition(":")[2])) for ref in refs]
        return [(document, what) for document in found if document is not None]

    def _numbered(self, numbers: dict[str, int], refs: list[Any], what: str) -> list[tuple[Document, str]]:
        return [(self.session.get_one(Document, numbers[ref]), what) for ref in refs if ref in numbers]


def documents(course: Course) -> set[int]:
    """The documents a party may take from the course."""
    return {document.id for step in course.steps for document, _ in step.files}
