"""``wrota terms``: what the Bulletin's rules make due, worked out anew for all items, in parts."""

from __future__ import annotations

from collections.abc import Callable

from bip import following
from portal.core.db import Database
from portal.web.texts import message


def rebuild(database: Database, say: Callable[[str], None]) -> int:
    """Fill the table of what is due from the facts; how many items were looked at. Editing goes on meanwhile."""
    with database.transaction() as session:
        following.start_anew(session)
    seen = 0
    while True:
        with database.transaction() as session:
            part = following.fill(session)
        if not part:
            break
        seen += part
        say(message("terms.filling", count=seen))
    with database.transaction() as session:
        following.sweep(session)
    say(message("terms.filled", count=seen))
    return seen
