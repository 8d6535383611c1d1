"""Reads of cases: one case whole, lists by columns, and what happened in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from eoffice.cases.models import Case, CaseElement, CaseParty
from eoffice.parties import queries as party_queries
from eoffice.parties.models import Party
from eoffice.register.models import Entry
from portal.core import events
from portal.core.errors import NotFound
from portal.core.events import AUDIENCES, Event, EventRef


def locked(session: Session, case_id: int) -> Case:
    """The case, locked until the transaction ends. Raises ``NotFound``."""
    case = session.get(Case, case_id, with_for_update=True)
    if case is None:
        raise NotFound("case.unknown")
    return case


def case(session: Session, case_id: int) -> Case:
    """The case. Raises ``NotFound``."""
    found = session.get(Case, case_id)
    if found is None:
        raise NotFound("case.unknown")
    return found


def by_sign(session: Session, sign: str) -> Case:
    """The case with exactly this sign. Raises ``NotFound``."""
    found = session.scalars(select(Case).where(Case.sign == sign)).first()
    if found is None:
        raise NotFound("case.unknown")
    return found


def elements(session: Session, case_id: int) -> list[CaseElement]:
    """The case's files in the order they were added."""
    query = select(CaseElement).where(CaseElement.case_id == case_id).order_by(CaseElement.id)
    return list(session.scalars(query))


def case_parties(session: Session, case_id: int) -> list[CaseParty]:
    return list(session.scalars(select(CaseParty).where(CaseParty.case_id == case_id)))


def party_ids(session: Session, case_id: int) -> set[int]:
    return set(session.scalars(select(CaseParty.party_id).where(CaseParty.case_id == case_id)))


def parties(session: Session, case_id: int) -> list[Party]:
    """Who takes part in the case, the applicant first."""
    query = select(Party).join(CaseParty, CaseParty.party_id == Party.id).where(CaseParty.case_id == case_id)
    return list(session.scalars(query.order_by(CaseParty.role, Party.id)))


def entries(session: Session, case_id: int) -> list[Entry]:
    return list(session.scalars(select(Entry).where(Entry.case_id == case_id).order_by(Entry.id)))


def cases_of_user(session: Session, user_id: int) -> list[Case]:
    """The cases in which the party behind this account takes part, newest first."""
    mine = select(CaseParty.case_id).where(CaseParty.party_id.in_(parties_of_user(session, user_id)))
    return list(session.scalars(select(Case).where(Case.id.in_(mine)).order_by(Case.id.desc())))


def parties_of_user(session: Session, user_id: int) -> frozenset[int]:
    """The party behind an account with all that were merged into it."""
    party = party_queries.of_user(session, user_id)
    return party_queries.same_as(session, party.id) if party else frozenset()


def is_party(session: Session, case_id: int, user_id: int) -> bool:
    """Whether the person behind this account takes part in the case."""
    return not parties_of_user(session, user_id).isdisjoint(party_ids(session, case_id))


def related(session: Session, case: Case) -> list[Case]:
    """The case this one takes up and the one that took it up: both carry the other's sign."""
    query = select(Case).where((Case.id == case.previous_id) | (Case.previous_id == case.id))
    return list(session.scalars(query.order_by(Case.id)))


def events_about(session: Session, subjects: Iterable[str], *, audiences: Sequence[str] = AUDIENCES) -> list[Event]:
    """What happened to any of ``subjects`` and ``audiences`` may see, each once, oldest first."""
    about = select(EventRef.seq).where(EventRef.ref.in_(list(subjects)))
    query = select(Event).where(Event.seq.in_(about), Event.audience.in_(list(audiences))).order_by(Event.seq)
    return list(session.scalars(query))


@dataclass(frozen=True, slots=True)
class Act:
    """A line of the metryka: when, who (user id; ``None`` the system), what (a verb), on which document."""

    event: Event
    user_id: int | None
    document_id: int | None


def metryka(session: Session, case: Case) -> list[Act]:
    """The metryka of the case (KPA art. 66a): date, person, act and document, from the events as they happened."""
    found = events.history(session, case.ref, audiences=("public", "citizen", "office"), limit=10_000)
    return [Act(item, user_of(item), _document_of(item)) for item in found]


def user_of(event: Event) -> int | None:
    """The user who acted, or for whom the system did."""
    _, _, number = event.actor.rpartition("user:")
    return int(number) if "user:" in event.actor else None


def _document_of(event: Event) -> int | None:
    return next((int(r.split(":")[1]) for r in event.refs if str(r).startswith("document:")), None)
