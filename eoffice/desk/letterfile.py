"""A letter as its pages show it, and what a new one is filled in with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import render_template
from sqlalchemy.orm import Session

from bip.actions import published_from
from eoffice.cases import queries as cases
from eoffice.cases.models import Case
from eoffice.desk import reading, scope
from eoffice.desk.reading import Readable
from eoffice.dispatch import addressing, deliveries, queries
from eoffice.dispatch.addressing import Way
from eoffice.dispatch.fiction import Presumption
from eoffice.dispatch.models import Delivery, Letter
from eoffice.dispatch.workflow import ARRIVED
from eoffice.parties.models import Party
from eoffice.register.models import Entry
from portal.accounts import policy
from portal.accounts.models import User
from portal.content.models import Item
from portal.core.actors import Actor
from portal.core.blobs import BlobStore
from portal.core.documents import Document

BULLETIN = "/bip"


@dataclass(frozen=True, slots=True)
class Recipient:
    """One recipient: their delivery, every way to them, what the law presumes, the proof that came."""

    delivery: Delivery
    party: Party
    ways: list[Way]
    presumption: Presumption | None
    proof: Document | None


@dataclass
class LetterPage:
    """Everything the page of a letter shows."""

    letter: Letter
    case: Case
    author: User | None
    approver: User | None
    entry: Entry | None
    document: Readable | None
    recipients: list[Recipient]
    published: Item | None
    acts: frozenset[str]


def read(session: Session, blobs: BlobStore, actor: Actor, letter_id: int) -> LetterPage:
    """The page of a letter."""
    letter, case = scope.letter(session, actor, letter_id)
    return LetterPage(
        letter=letter,
        case=case,
        author=session.get(User, letter.author_id) if letter.author_id else None,
        approver=session.get(User, letter.approver_id) if letter.approver_id else None,
        entry=session.get(Entry, letter.entry_id) if letter.entry_id else None,
        document=reading.readable(session, blobs, letter.document_id),
        recipients=[_recipient(session, delivery) for delivery in queries.deliveries(session, letter.id)],
        published=published_from(session, letter.ref),
        acts=_possible(session, actor, letter, case),
    )


def _recipient(session: Session, delivery: Delivery) -> Recipient:
    presumed = deliveries.presumption(session, delivery) if delivery.state == "no_proof" else None
    return Recipient(
        delivery,
        session.get_one(Party, delivery.party_id),
        addressing.ways(session, delivery.party_id) if delivery.state == "planned" else [],
        presumed,
        session.get(Document, delivery.proof_id) if delivery.proof_id else None,
    )


def may(session: Session, actor: Actor, case: Case, permission: str) -> bool:
    """Whether ``actor`` holds ``permission`` where the case is."""
    return policy.can(session, actor, permission, case.path)


def _possible(session: Session, actor: Actor, letter: Letter, case: Case) -> frozenset[str]:
    found = set()
    if letter.state == "awaiting_approval" and may(session, actor, case, "letters.approve"):
        found |= {"return"} | ({"approve"} if letter.author_id != actor.user_id else {"own"})
    if may(session, actor, case, "dispatch.send"):
        found |= {"deliver"} | ({"send"} if letter.state == "sealed" else set())
    if letter.document_id and may(session, actor, case, "cases.work"):
        found |= {"publish"} if policy.can_somewhere(session, actor, "bip.publish", BULLETIN) else set()
    return frozenset(found)


def prefill(session: Session, case: Case, kind: str) -> dict[str, Any]:
    """What a new letter already says: to whom, about what, on what grounds; the clerk adds the rest."""
    first = next(iter(cases.entries(session, case.id)), None)
    parties = cases.parties(session, case.id)
    facts = {"case": case, "entry": first, "parties": parties, "kind": kind}
    return {
        "title": render_template("desk/prefill_title.txt", **facts).strip(),
        "body": render_template("desk/prefill_body.txt", **facts).strip(),
        "recipients": [case.party_id] if case.party_id else [party.id for party in parties[:1]],
    }


def recipients(session: Session, letter: Letter) -> list[int]:
    """The parties a letter goes to."""
    return [delivery.party_id for delivery in queries.deliveries(session, letter.id)]


def ways(session: Session, parties: list[Party]) -> dict[int, Way]:
    """The way each party would be reached by itself."""
    return {party.id: addressing.ways(session, party.id)[0] for party in parties}


def is_arrived(delivery: Delivery) -> bool:
    """Whether the recipient has it, by proof or by presumption."""
    return delivery.state in ARRIVED
