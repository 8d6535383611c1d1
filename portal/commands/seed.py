"""``wrota seed``: the demo gmina, once. A database with people in it is left alone."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

import bip.seed
import portal.content.seed
from eoffice.cases import jrwa
from eoffice.parties import actions as parties
from forms import actions as forms
from forms import shipped
from portal.accounts import actions as accounts
from portal.accounts.models import User
from portal.commands import lived, played, visited
from portal.commands.opened import opened
from portal.content import paced
from portal.core import actors, clock
from portal.core.actors import SYSTEM, Actor
from portal.core.program import Program
from portal.core.settings import Settings
from portal.town import PASSWORD, town
from search import actions as search
from search import engines

EDITOR = "redaktor"


def seed(settings: Settings) -> bool:
    """Fill an empty database. Says whether it was empty."""
    with opened(settings) as program:
        with program.database.reading() as session:
            if session.scalars(select(User.id).limit(1)).first() is not None:
                return False
        with program.database.transaction() as session:
            fill(session, program)
        # The first visitor finds what the seed planted, without waiting for the worker.
        search.rebuild(program.database, engines.of(program))
        return True


def fill(session: Session, program: Program) -> None:
    """The office, its pages and its Bulletin with their last months: one act, whole or not at all.

    Every act is played at its moment, in the order of time: registers, terms, the log of events and the Bulletin's
    own come out as they would have, had the town worked with this program since it opened.
    """
    opened_at = paced.opening()
    with clock.frozen(opened_at):
        _establish(session)
    stage, editor = played.Stage(session, program), _editor(session)
    told = [
        *played.steps(stage),
        *portal.content.seed.steps(session, program.blobs, editor),
        *bip.seed.steps(session, program.blobs, editor),
    ]
    days = lived.steps(stage, editor, opened_at)
    paced.play([*told, *days], opened_at)
    lived.settle(session)
    visited.visit(session)


def _editor(session: Session) -> Actor:
    """The person who keeps the portal and the Bulletin: everything there names them as the one who entered it."""
    return actors.user(session.scalars(select(User.id).where(User.login == EDITOR)).one())


def _establish(session: Session) -> None:
    """Departments, people and rights, the JRWA, forms."""
    departments = _departments(session)
    for person in town()["staff"]:
        _staff(session, person, departments)
    for person in town()["citizens"]:
        _citizen(session, person)
    jrwa.seed(session)
    for position, (slug, rule) in enumerate(town()["forms"].items()):
        definition = shipped.definition(slug)
        forms.publish_version(session, SYSTEM, slug, definition.title, definition, rule, position=position)


def _departments(session: Session) -> dict[str, int]:
    made: dict[str, int] = {}
    for row in town()["departments"]:
        parent = made.get(row["parent"] or "")
        group = accounts.create_group(
            session, SYSTEM, name=row["name"], kind="department", symbol=row["symbol"], parent_id=parent
        )
        made[row["symbol"]] = group.id
    return made


def _staff(session: Session, person: dict[str, Any], departments: dict[str, int]) -> None:
    user = _user(session, person, "staff")
    accounts.add_to_group(session, SYSTEM, user_id=user.id, group_id=departments[person["department"]])
    for path, role in person["grants"]:
        accounts.grant(session, SYSTEM, path=path, principal=f"user:{user.id}", role=role)


def _citizen(session: Session, person: dict[str, Any]) -> None:
    user = _user(session, person, "citizen")
    parties.recognise(
        session,
        SYSTEM,
        kind="person",
        name=person["name"],
        first_name=person["first_name"],
        last_name=person["last_name"],
        identifiers={"pesel": person["pesel"], "epuap": person["epuap"]},
        addresses={"epuap": person["box"], "email": person["email"], "post": person["post"]},
        user_id=user.id,
    )


def _user(session: Session, person: dict[str, Any], kind: str) -> User:
    return accounts.create_user(
        session,
        SYSTEM,
        login=person["login"],
        name=person["name"],
        kind=kind,
        email=person.get("email", ""),
        position=person.get("position", ""),
        password=PASSWORD,
    )
