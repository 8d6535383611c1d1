"""The version of the site: one number that grows with every visible change, the key of page caches everywhere."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.content.models import SiteVersion
from portal.core.db import insert_or_ignore
from portal.core.events import EventHead

_NUMBER = select(SiteVersion.number).where(SiteVersion.id == 1)
_WITH_LOG = select(
    _NUMBER.scalar_subquery().label("number"), select(EventHead.seq).limit(1).scalar_subquery().label("seq")
)


def bump(session: Session) -> None:
    """Something that visitors see has changed: pages cached anywhere are old once this commits."""
    if session.info.get("site_bumped"):
        return
    grown = update(SiteVersion).where(SiteVersion.id == 1).values(number=SiteVersion.number + 1)
    if not getattr(session.execute(grown), "rowcount", 0):
        insert_or_ignore(session, SiteVersion, {"id": 1, "number": 2})
    session.info["site_bumped"] = True


def with_log(session: Session) -> tuple[int, int]:
    """The version, and the last number of the log: what pages depend on that show what was done. One statement."""
    row = session.execute(_WITH_LOG).one()
    return row.number or 1, row.seq or 0


def number(session: Session) -> int:
    """The version that ``session`` sees."""
    return session.execute(_NUMBER).scalar_one_or_none() or 1
