"""Reading accounts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from portal.accounts.models import Group, Identity, Membership, Substitution, User
from portal.core import clock
from portal.core.errors import NotFound

PASSWORD = "password"  # noqa: S105 - the name of a provider
DEPARTMENT = "department"


def normal(login: str) -> str:
    """Log-in names are compared without regard to case and outer spaces."""
    return login.strip().casefold()


def user(session: Session, user_id: int) -> User:
    """The user. Raises ``NotFound``."""
    found = session.get(User, user_id)
    if found is None:
        raise NotFound("user.unknown")
    return found


def by_login(session: Session, login: str) -> User | None:
    """The user called ``login``."""
    return session.scalar(select(User).where(User.login == normal(login)))


def users(session: Session, ids: Iterable[int]) -> dict[int, User]:
    """Users by id; ids of nobody are left out."""
    found = session.scalars(select(User).where(User.id.in_(set(ids))))
    return {item.id: item for item in found}


def identity(session: Session, user_id: int, provider: str = PASSWORD) -> Identity | None:
    """How the user proves who they are to ``provider``."""
    query = select(Identity).where(Identity.user_id == user_id, Identity.provider == provider)
    return session.scalar(query)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a log-in attempt is compared with: ``secret`` is the password's hash, ``totp`` the second factor's."""

    identity_id: int
    user_id: int
    secret: str
    totp: str
    active: bool
    session_version: int


def credentials(session: Session, login: str) -> Credentials | None:
    """The password identity called ``login``, whether or not its account is open."""
    columns = (Identity.id, User.id, Identity.secret, Identity.totp, User.active, User.session_version)
    query = select(*columns).join(User, User.id == Identity.user_id)
    own = query.where(Identity.provider == PASSWORD, Identity.subject == normal(login))
    row = session.execute(own).first()
    return Credentials(*row) if row else None


def departments(session: Session) -> Sequence[Group]:
    """Organisational units, by symbol."""
    query = select(Group).where(Group.kind == DEPARTMENT).order_by(Group.symbol)
    return session.scalars(query).all()


def department(session: Session, symbol: str) -> Group:
    """The organisational unit with ``symbol``. Raises ``NotFound``."""
    found = session.scalar(select(Group).where(Group.kind == DEPARTMENT, Group.symbol == symbol))
    if found is None:
        raise NotFound("department.unknown", symbol=symbol)
    return found


def members(session: Session, group_id: int) -> Sequence[User]:
    """Active users of a group, by name."""
    query = (
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.group_id == group_id, User.active)
        .order_by(User.name)
    )
    return session.scalars(query).all()


def groups_of(session: Session, user_id: int) -> Sequence[Group]:
    """The groups a user is directly in, by name."""
    query = select(Group).join(Membership, Membership.group_id == Group.id)
    return session.scalars(query.where(Membership.user_id == user_id).order_by(Group.name)).all()


def substituted_by(session: Session, user_id: int) -> list[Substitution]:
    """The people whom the user stands in for today."""
    today = clock.today()
    query = select(Substitution).where(
        Substitution.substitute_id == user_id, Substitution.first_day <= today, Substitution.last_day >= today,
        Substitution.ended_at.is_(None),
    )  # fmt: skip
    return list(session.scalars(query))


def substitutions(session: Session, user_id: int) -> list[Any]:
    """Substitutions that run or will run and concern the user, with both names, the nearest first."""
    away, here = aliased(User), aliased(User)
    query = (
        select(Substitution, away.name.label("away"), here.name.label("here"))
        .join(away, away.id == Substitution.user_id)
        .join(here, here.id == Substitution.substitute_id)
        .where(
            or_(Substitution.user_id == user_id, Substitution.substitute_id == user_id),
            Substitution.last_day >= clock.today(), Substitution.ended_at.is_(None),
        )
        .order_by(Substitution.first_day, Substitution.id)
    )  # fmt: skip
    return list(session.execute(query.limit(100)).all())


def staff(session: Session, *, limit: int = 1000) -> Sequence[User]:
    """Open accounts of the office's people, by name."""
    query = select(User).where(User.kind == "staff", User.active).order_by(User.name, User.id)
    return session.scalars(query.limit(limit)).all()
