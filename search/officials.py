"""Departments and people with posts as everybody finds them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.directory import ADDRESS
from portal.accounts.models import Group, Membership, User
from portal.accounts.queries import DEPARTMENT
from portal.web.texts import message
from search.index import PUBLIC, Doc
from search.sources import Entry, source

_LOGGING_IN = ("user.logged_in", "user.logged_out", "user.password_changed", "user.sessions_ended")


def _departments(session: Session) -> Iterable[str]:
    return map(str, session.scalars(select(Group.id).where(Group.kind == DEPARTMENT)))


@source("group", keys=_departments, follows=True)
def department(session: Session, key: str) -> Entry | None:
    """A department; ``None`` for other groups, which only carry rights."""
    group = session.get(Group, int(key))
    if group is None or group.kind != DEPARTMENT:
        return None
    body = message("search.department", symbol=group.symbol or "")
    return Entry(_public("department", group.name, body, f"{ADDRESS}#{group.symbol}"))


def _officials(session: Session) -> Iterable[str]:
    return map(str, session.scalars(select(User.id).where(User.kind == "staff", User.active, User.position != "")))


@source("user", keys=_officials, follows=True, quiet=_LOGGING_IN)
def official(session: Session, key: str) -> Entry | None:
    """A person with a post; nobody else is found."""
    user = session.get(User, int(key))
    if user is None or user.kind != "staff" or not user.active or not user.position:
        return None
    columns = select(Group.name, Group.symbol).join(Membership, Membership.group_id == Group.id)
    mine = columns.where(Membership.user_id == user.id, Group.kind == DEPARTMENT).order_by(Group.id)
    places = session.execute(mine).all()
    body = "\n".join(filter(None, [user.position, *(row.name for row in places), user.phone, user.email]))
    anchor = f"osoba-{user.id}-{places[0].symbol}" if places else ""
    return Entry(_public("person", user.name, body, f"{ADDRESS}#{anchor}"))


def _public(kind: str, title: str, body: str, url: str) -> Doc:
    place = (message("search.place.directory"),)
    return Doc(
        key="", kind=kind, title=title, body=body, url=url, breadcrumb=place, readers=frozenset({PUBLIC}), type=kind
    )
