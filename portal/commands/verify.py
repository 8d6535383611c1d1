"""``wrota verify``: is everything that was recorded still what it was?"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import func, select

from bip import auditing
from portal.core import documents, events
from portal.core.blobs import BlobStore
from portal.core.db import Database
from portal.core.events import Event
from portal.web.texts import message


def verify(database: Database, blobs: BlobStore, say: Callable[[str], None]) -> bool:
    """Walk the chain of events and the Bulletin's log, re-hash every document; name what is broken. True if nothing."""
    with database.reading() as session:
        count = session.scalar(select(func.count()).select_from(Event))
        broken = events.broken_link(session)
        damages = list(documents.damaged(session, blobs))
        erased = sorted(documents.erased(session))
        texts = session.scalars(select(Event).where(Event.verb == "bip.erased").order_by(Event.seq)).all()
    for number in erased:
        say(message("verify.erased", id=number))
    for event in texts:
        say(message("verify.erased.version", item=event.refs[0].partition(":")[2], number=event.data["number"]))
    if broken:
        what = message(f"verify.chain.{broken.what}")
        say(message("verify.chain", seq=broken.seq, what=what))
    for damage in damages:
        what = message(f"verify.document.{damage.what}")
        say(message("verify.document", id=damage.document_id, what=what))
    untrue = 0
    for fault in auditing.faults(database.reading):
        untrue += 1
        say(message(f"verify.bulletin.{fault.code}", place=fault.place, item=fault.item))
    whole = not broken and not damages and not untrue
    if whole:
        say(message("verify.whole", events=count))
    return whole
