"""The lists of the desk: saved filters as data, one narrow query each, paged by key."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import Session

from eoffice.cases.models import Case
from eoffice.cases.workflow import LIVE, RUNNING
from eoffice.desk import scope, work
from eoffice.dispatch.models import Delivery, Letter
from eoffice.parties.models import Party
from eoffice.register.models import Entry
from eoffice.register.workflow import OPEN
from portal.accounts.models import Group, User
from portal.core import clock
from portal.core.actors import Actor
from portal.web import paging
from portal.web.paging import Page

Condition = Callable[[Actor], ColumnElement[bool]]


def _everything(_actor: Actor) -> ColumnElement[bool]:
    return true()


ENTRY_FILTERS: dict[str, Condition] = {
    "otwarte": lambda _: Entry.state.in_(OPEN),
    "new": lambda _: Entry.state == "new",
    "moje": lambda actor: Entry.state.in_(OPEN) & (Entry.assignee_id == actor.user_id),
    "po-terminie": lambda _: Entry.state.in_(OPEN) & (Entry.due_on < clock.today()),
    "in_case": lambda _: Entry.state == "in_case",
    "wszystkie": _everything,
}
CASE_FILTERS: dict[str, Condition] = {
    "w-toku": lambda _: Case.state.in_(LIVE),
    "moje": lambda actor: Case.state.in_(LIVE) & (Case.assignee_id == actor.user_id),
    "po-terminie": lambda _: Case.state.in_(RUNNING) & (Case.due_on < clock.today()),
    "blisko": lambda _: (
        Case.state.in_(LIVE) & Case.paused_on.is_(None) & Case.due_on.between(clock.today(), clock.today() + work.SOON)
    ),
    "awaiting_party": lambda _: Case.state == "awaiting_party",
    "ended": lambda _: Case.state.in_(("ended", "resumed")),
    "wszystkie": _everything,
}


def _with_delivery(*states: str) -> ColumnElement[bool]:
    return Letter.id.in_(select(Delivery.letter_id).where(Delivery.state.in_(states)))


LETTER_FILTERS: dict[str, Condition] = {
    "w-toku": lambda _: Letter.state.not_in(("delivered", "withdrawn")),
    "awaiting_approval": lambda _: Letter.state == "awaiting_approval",
    "returned": lambda actor: (Letter.state == "returned") & (Letter.author_id == actor.user_id),
    "sealed": lambda _: Letter.state == "sealed",
    "utknely": lambda _: _with_delivery(*work.STUCK),
    "okienko": lambda _: _with_delivery("to_hand"),
    "wszystkie": _everything,
}


def entries(session: Session, actor: Actor, chosen: str, text: str) -> Page[Any]:
    """A page of incoming items: (Entry, department symbol, assignee's name)."""
    query: Any = (
        select(Entry, func.coalesce(Group.symbol, ""), func.coalesce(User.name, ""))
        .outerjoin(Group, Group.id == Entry.department_id)
        .outerjoin(User, User.id == Entry.assignee_id)
        .where(Entry.register == "RPW", scope.seen(session, actor, Entry.department_id))
        .where(ENTRY_FILTERS.get(chosen, _everything)(actor))
    )
    if text.strip():
        query = query.where(_like(text, Entry.title, Entry.party_name, Entry.identifier))
    return paging.page(session, query, [Entry.id], key=lambda row: (row[0].id,), scalars=False)


def cases(session: Session, actor: Actor, chosen: str, text: str) -> Page[Any]:
    """A page of cases: (Case, party's name, name of the person in charge)."""
    query: Any = (
        select(Case, func.coalesce(Party.name, ""), func.coalesce(User.name, ""))
        .outerjoin(Party, Party.id == Case.party_id)
        .outerjoin(User, User.id == Case.assignee_id)
        .where(scope.seen(session, actor, Case.department_id, "cases.view"))
        .where(CASE_FILTERS.get(chosen, _everything)(actor))
    )
    if text.strip():
        query = query.where(_like(text, Case.sign, Case.title, Party.name))
    return paging.page(session, query, [Case.id], key=lambda row: (row[0].id,), scalars=False)


def letters(session: Session, actor: Actor, chosen: str, text: str) -> Page[Any]:
    """A page of letters: (Letter, sign, author's name)."""
    query: Any = (
        select(Letter, Case.sign, func.coalesce(User.name, ""))
        .join(Case, Case.id == Letter.case_id)
        .outerjoin(User, User.id == Letter.author_id)
        .where(scope.seen(session, actor, Case.department_id, "cases.view"))
        .where(LETTER_FILTERS.get(chosen, _everything)(actor))
    )
    if text.strip():
        query = query.where(_like(text, Case.sign, Letter.title))
    return paging.page(session, query, [Letter.id], key=lambda row: (row[0].id,), scalars=False)


def live_cases_of(session: Session, actor: Actor, party_ids: Iterable[int]) -> list[Case]:
    """The unfinished cases of a party, newest first: where a further letter may belong (instruction § 28)."""
    ids = list(party_ids)
    if not ids:
        return []
    here = scope.seen(session, actor, Case.department_id, "cases.work")
    query = select(Case).where(Case.party_id.in_(ids), Case.state.in_(LIVE), here)
    return list(session.scalars(query.order_by(Case.id.desc()).limit(20)))


def _like(text: str, *columns: Any) -> ColumnElement[bool]:
    words = " ".join(text.split())[:100]
    identifier = _identifier(words)
    return or_(
        *(column.icontains(words, autoescape=True) for column in columns),
        *(column == identifier for column in columns),
    )


def _identifier(words: str) -> str:
    """``RPW/12/2026`` as printed is ``RPW-2026-12`` in the system."""
    register, _, rest = words.upper().partition("/")
    number, _, year = rest.partition("/")
    return f"{register}-{year}-{number}" if number and year else words
