"""What one person at the desk may see: departments, cases, letters of theirs; everything for the whole office."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from eoffice.cases import queries as cases
from eoffice.cases.models import Case
from eoffice.dispatch import queries as letters
from eoffice.dispatch.models import Letter
from eoffice.register import queries as register
from eoffice.register.models import Entry
from portal.accounts import policy
from portal.accounts.models import Group, Membership, User
from portal.core.actors import Actor
from portal.core.errors import NotFound


def departments(session: Session, actor: Actor, permission: str = "desk.view") -> list[Group]:
    """The departments in which ``actor`` holds ``permission``, by symbol."""
    query = select(Group).where(Group.kind == "department", Group.symbol.is_not(None)).order_by(Group.symbol)
    return [
        group
        for group in session.scalars(query)
        if policy.can(session, actor, permission, f"{policy.OFFICE}/{group.symbol}")
    ]


def whole_office(session: Session, actor: Actor, permission: str = "desk.view") -> bool:
    """Whether ``actor`` holds ``permission`` everywhere in the office."""
    return policy.can(session, actor, permission, policy.OFFICE)


def seen(
    session: Session, actor: Actor, column: InstrumentedAttribute[int | None] | InstrumentedAttribute[int],
    permission: str = "desk.view",
) -> ColumnElement[bool]:  # fmt: skip
    """The condition that narrows a list to what ``actor`` may see; ``column`` holds the department."""
    if whole_office(session, actor, permission):
        return true()
    mine = column.in_([group.id for group in departments(session, actor, permission)])
    return or_(mine, column == -1)


def entry(session: Session, actor: Actor, entry_id: int) -> Entry:
    """The entry, when ``actor`` may see it. Raises ``NotFound``, ``Forbidden``."""
    found = register.entry(session, entry_id)
    policy.require(session, actor, "desk.view", register.place(session, found))
    return found


def case(session: Session, actor: Actor, case_id: int) -> Case:
    """The case, when ``actor`` may see it. Raises ``NotFound``, ``Forbidden``."""
    found = cases.case(session, case_id)
    policy.require(session, actor, "cases.view", found.path)
    return found


def letter(session: Session, actor: Actor, letter_id: int) -> tuple[Letter, Case]:
    """The letter and its case, when ``actor`` may see them. Raises ``NotFound``, ``Forbidden``."""
    found = letters.letter(session, letter_id)
    return found, case(session, actor, found.case_id)


def people(session: Session, department_id: int | None = None) -> list[User]:
    """Who works in the department (or anywhere in the office), by name."""
    query = select(User).where(User.kind == "staff", User.active).order_by(User.name)
    if department_id is not None:
        query = query.join(Membership, Membership.user_id == User.id).where(Membership.group_id == department_id)
    return list(session.scalars(query))


def names(session: Session, ids: set[int | None]) -> dict[int, User]:
    """The users with these ids."""
    wanted = [number for number in ids if number is not None]
    return {user.id: user for user in session.scalars(select(User).where(User.id.in_(wanted)))} if wanted else {}


def require_found(value: object, code: str) -> None:
    """Raise ``NotFound(code)`` unless there is a value."""
    if not value:
        raise NotFound(code)
