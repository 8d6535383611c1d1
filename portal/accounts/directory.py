"""The office as the public may know it: departments and the people who hold posts in them.

A person is listed by their post (``position``): whoever has none is not shown. They are persons performing public
functions, so their name and office telephone are public (UDIP art. 5 ust. 2, second sentence).
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Group, Membership, User
from portal.accounts.queries import DEPARTMENT
from portal.web import context
from portal.web.rights import right

ADDRESS = "/wydzialy"
blueprint = Blueprint("directory", __name__)


@dataclass(frozen=True, slots=True)
class Official:
    """Somebody with a post."""

    id: int
    name: str
    position: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class Department:
    """An organisational unit, those who hold posts in it, and how deep it lies below the first."""

    id: int
    symbol: str
    name: str
    depth: int
    people: tuple[Official, ...]


def departments(session: Session) -> list[Department]:
    """Every department in the order of the structure, each with its people by name; two statements."""
    groups = session.execute(
        select(Group.id, Group.symbol, Group.name, Group.parent_id)
        .where(Group.kind == DEPARTMENT)
        .order_by(Group.symbol)
    ).all()
    columns = (User.id, User.name, User.position, User.phone, User.email)
    query = (
        select(Membership.group_id, *columns)
        .join(User, User.id == Membership.user_id)
        .where(User.kind == "staff", User.active, User.position != "")
    )
    people: dict[int, list[Official]] = {}
    for row in session.execute(query.order_by(User.name)):
        official = Official(row.id, row.name, row.position, row.phone, row.email)
        people.setdefault(row.group_id, []).append(official)
    found: list[Department] = []

    def walk(parent: int | None, depth: int) -> None:
        for row in groups:
            if row.parent_id == parent:
                found.append(Department(row.id, row.symbol or "", row.name, depth, tuple(people.get(row.id, ()))))
                walk(row.id, depth + 1)

    walk(None, 0)
    return found


@blueprint.get(ADDRESS)
@right("public")
def page() -> str:
    """Departments and people, with the telephone and e-mail of their posts."""
    with context.reading() as session:
        return render_template("accounts/directory.html", departments=departments(session))
