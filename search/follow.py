"""The index follows the events: whatever happens to a thing, it is indexed anew in the same commit.

Every act leaves an event that names its subjects, so nobody has to remember to ask for indexing.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal.core import events
from portal.core.db import Database, before_commit
from search import actions
from search.sources import SOURCES

_NOTED, _ON = "search.follow", "search.following"


def install(database: Database) -> None:
    """Let the index follow what is done in ``database``."""
    database.info[_ON] = True


@events.watch
def note(session: Session, verb: str, refs: tuple[str, ...]) -> None:
    """Remember which followed things this act is about."""
    if _ON not in session.info:
        return
    for ref in refs:
        kind, _, key = ref.partition(":")
        if kind in SOURCES and SOURCES.get(kind).follows and verb not in SOURCES.get(kind).quiet:
            session.info.setdefault(_NOTED, set()).add((kind, key))


@before_commit
def ask(session: Session) -> None:
    """One job for each thing, however often the act spoke of it."""
    for kind, key in sorted(session.info.pop(_NOTED, ())):
        actions.request_index(session, kind, key)
