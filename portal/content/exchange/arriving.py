"""What comes, seen from here: which item an entry is, where a tie leads, and why a state was refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.content import acts
from portal.content.exchange import plan
from portal.content.exchange.entries import Entry, Source, Tie, mark
from portal.content.models import Item
from portal.core.actors import Actor
from portal.core.blobs import BlobStore
from portal.core.db import Database
from portal.core.errors import DomainError
from portal.web.texts import message


@dataclass(frozen=True, slots=True)
class Arriving:
    """A source on its way to an item, ``target``, on whose behalf (``asker``), with which hand (``actor``)."""

    database: Database
    blobs: BlobStore
    source: Source
    target: int
    asker: Actor
    actor: Actor
    known: dict[str, str | None] = field(default_factory=dict, repr=False, kw_only=True)

    def mark(self, key: str) -> str:
        return mark(self.source, key, self.target)

    def item(self, session: Session, key: str) -> Item | None:
        """The item of an entry: the one that was brought here for it, or the place itself."""
        if self.is_place(session, key):
            return acts.find(session, self.target)
        return session.scalars(select(Item).where(Item.source == self.mark(key), Item.binned_at.is_(None))).first()

    def is_place(self, session: Session, key: str) -> bool:
        """Whether the entry is the place itself, brought from elsewhere."""
        if "root" not in self.known:
            root = self.source.entry(0) if self.source.count() else None
            target = session.get_one(Item, self.target)
            self.known["root"] = root.key if root is not None and plan.is_place(root, target.type) else None
        return self.known["root"] == key

    def other(self, session: Session, one: Tie) -> int | None:
        """The item a tie leads to, if it is here."""
        if one.key:
            found = self.item(session, one.key)
            return found.id if found is not None else None
        return acts.at(session, one.address) if one.address else None


class Refused(Exception):
    """A state that cannot be saved (``what`` ``save``) or made public (``publish``) as it is, or what was to be done
    with the item at last (``stand``)."""

    def __init__(self, number: int, what: str, cause: Exception) -> None:
        super().__init__(what)
        self.number, self.what, self.why = number, what, why(cause)


@contextmanager
def refusing(number: int, what: str) -> Iterator[None]:
    """Whatever is refused inside is refused of state ``number``."""
    try:
        yield
    except (DomainError, TypeError, ValueError, KeyError) as cause:
        raise Refused(number, what, cause) from cause


def why(problem: Exception) -> str:
    """The reason in a sentence."""
    if isinstance(problem, DomainError):
        return message(problem.code, **problem.details)
    return message("import.broken_fields")


def first_public(entry: Entry) -> datetime | None:
    """When the public first saw it, wherever that was."""
    return min((state.published_at for state in entry.states if state.published_at is not None), default=None)
