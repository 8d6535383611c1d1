"""A small office for tests of cases and letters: two departments, a clerk, a head, a citizen, an incoming letter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from eoffice.cases import jrwa
from eoffice.parties.models import Party, PartyAddress, PartyIdentifier
from eoffice.register import actions as register
from eoffice.register.models import Entry
from portal.accounts.models import Grant, Group, Membership, User
from portal.core import clock
from portal.core.actors import SYSTEM, Actor, user
from portal.core.db import Database

BOX = "/anowak/domyslna"


@dataclass(frozen=True)
class Office:
    """Who and what there is."""

    department_id: int
    other_department_id: int
    clerk: Actor
    head: Actor
    stranger: Actor
    citizen: Actor
    party_id: int
    entry_id: int


def add_user(session: Session, login: str, name: str, kind: str = "staff", position: str = "") -> Actor:
    person = User(login=login, name=name, kind=kind, position=position, email="", phone="", created_at=clock.now())
    session.add(person)
    session.flush()
    return user(person.id)


def grant(session: Session, actor: Actor, role: str, path: str) -> None:
    session.add(Grant(path=path, principal=f"user:{actor.user_id}", role=role))


def add_department(session: Session, symbol: str, name: str) -> int:
    group = Group(name=name, kind="department", symbol=symbol)
    session.add(group)
    session.flush()
    return group.id


def add_party(session: Session, name: str, *, user_id: int | None = None, box: str = BOX, kind: str = "person") -> int:
    first, _, last = name.partition(" ")
    party = Party(
        kind=kind, name=name, first_name=first if kind == "person" else "", last_name=last if kind == "person" else "",
        sort_name=name, user_id=user_id, created_at=clock.now(),
    )  # fmt: skip
    session.add(party)
    session.flush()
    if box:
        session.add(PartyAddress(party_id=party.id, kind="epuap", value=box, since=clock.now()))
    return party.id


def add_entry(
    session: Session, party_id: int | None, title: str = "Wniosek o wycinkę dębu", on: date | None = None
) -> Entry:
    party = session.get(Party, party_id) if party_id else None
    return register.register_incoming(
        session, SYSTEM, title=title, party=party, party_name=party.name if party else "Ktoś",
        channel="epuap", received_on=on or clock.today(),
    )  # fmt: skip


def make(database: Database) -> Office:
    """An office at work."""
    with database.transaction() as session:
        jrwa.seed(session)
        green, roads = add_department(session, "OSR", "Referat Środowiska"), add_department(session, "DR", "Drogi")
        clerk = add_user(session, "u.urzednik", "Urszula Zielińska", position="inspektor")
        head = add_user(session, "k.kierownik", "Karol Mazur", position="kierownik referatu")
        stranger = add_user(session, "d.drogowiec", "Dorota Wilk")
        citizen = add_user(session, "a.nowak", "Anna Nowak", kind="citizen")
        session.add_all(Membership(user_id=actor.user_id, group_id=green) for actor in (clerk, head))
        grant(session, clerk, "clerk", "/biuro/OSR")
        grant(session, head, "head", "/biuro/OSR")
        grant(session, stranger, "clerk", "/biuro/DR")
        party_id = add_party(session, "Anna Nowak", user_id=citizen.user_id)
        session.add(PartyIdentifier(party_id=party_id, kind="pesel", value="85021412345"))
        entry = add_entry(session, party_id)
        return Office(green, roads, clerk, head, stranger, citizen, party_id, entry.id)
