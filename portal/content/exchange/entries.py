"""What any source of content gives: items with their states, in an order in which parents come first."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from portal.core.errors import DomainError

ORIGIN = "origin"
"""The field of an imported version that says where it comes from: who entered it there, when it was made available
there. It never takes the place of the server's own time (UDIP art. 8(6)(5))."""


class Broken(DomainError):
    """The source as a whole cannot be used; nothing of it was taken."""

    code = "import.broken"


@dataclass(frozen=True, slots=True)
class Note:
    """Something to say about an entry, as a code with details."""

    code: str
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Beside:
    """A file beside a state; ``key`` is how the source finds its bytes."""

    key: str
    name: str
    title: str


@dataclass(frozen=True, slots=True)
class State:
    """One saved state. In ``body`` a link to another entry is ``archive:KEY``, to a file ``attachment:KEY/FILE``."""

    title: str
    summary: str = ""
    body: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    reason: str = ""
    author: str = ""
    created_at: datetime | None = None
    published_at: datetime | None = None
    published_by: str = ""
    files: tuple[Beside, ...] = ()


@dataclass(frozen=True, slots=True)
class Tie:
    """A tie to another item (``ties``): by the key of its entry, or by ``address`` when it is not among them."""

    kind: str
    key: str = ""
    address: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Right:
    """A role given at an item to a ``user`` (``name``: log-in), a ``group`` (name), ``everyone``, ``authenticated``."""

    role: str
    kind: str
    name: str = ""

    @property
    def who(self) -> str:
        """Whose it was there: ``user:LOGIN``, ``group:NAME``, ``everyone``, ``authenticated``."""
        return f"{self.kind}:{self.name}" if self.name else self.kind


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a source. ``parent`` ``""``: it lies directly in the place of import.

    ``state`` is what the public sees of it (``workflow.LIFE``), ``review`` how far its working copy is;
    ``redirects`` are old addresses on this site (path, with a query if it had one); ``notes`` say what the source
    could not carry over. Fields and settings name other entries as texts do: ``archive:KEY``.
    """

    key: str
    parent: str
    name: str
    type: str
    states: tuple[State, ...]
    state: str = "published"
    review: str = "none"
    taken_off: str = ""
    language: str = "pl"
    position: int = 0
    in_menu: bool | None = None
    protected: bool = False
    settings: dict[str, Any] = field(default_factory=dict)
    publish_at: datetime | None = None
    expires_at: datetime | None = None
    redirects: tuple[str, ...] = ()
    address: str = ""
    notes: tuple[Note, ...] = ()
    scheduled: int = 0
    """Which of its states, from 1, ``publish_at`` is about; 0: the last."""
    ties: tuple[Tie, ...] = ()
    rights: tuple[Right, ...] = ()

    @property
    def title(self) -> str:
        return self.states[-1].title if self.states else self.name


class Source(Protocol):
    """Where entries come from. Any entry can be asked for again: work goes on where it stopped."""

    kind: str
    """``wrota``, ``plone`` or ``bip``."""
    origin: str
    """Which system it was, so that the same thing from the same system is known again."""

    def count(self) -> int:
        """How many entries there are. Raises ``Broken``."""

    def entry(self, number: int) -> Entry:
        """The entry with this number, from 0. Raises ``Broken``."""

    def identity(self, key: str) -> str:
        """What makes the entry with this key the same one in a later export of the same system."""

    def file(self, key: str) -> bytes:
        """The bytes of a file. Raises ``KeyError`` when the source has not got it."""

    def close(self) -> None:
        """Give up what is held open."""

    def lost(self) -> list[Entry]:
        """What the source holds and cannot give as entries, each with its reasons in ``notes``."""


def mark(source: Source, key: str, target: int) -> str:
    """The ``Item.source`` of an entry brought to an item: the same entry to the same place is the same item."""
    whole = f"{source.origin}\n{source.identity(key)}\n{target}"
    return f"{source.kind}:{hashlib.sha256(whole.encode()).hexdigest()[:40]}"
