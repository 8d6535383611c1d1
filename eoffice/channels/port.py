"""The port ``Channel``: every way a letter can reach the office or leave it, said in one vocabulary.

An adapter is one folder: ``channel.py`` (this protocol fulfilled), ``soap.py`` or ``http.py`` (the wire),
``mapping.py`` (their words and ours). It raises only ``Temporary``, ``Permanent`` and ``Uncertain``
(``portal.core.errors``), always has a timeout, and never touches our database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class File:
    """Bytes with the name and the content type their sender claims (not to be trusted)."""

    name: str
    content_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One document on its way out.

    ``key`` is our idempotency key (the channel may have no place for it). ``recipient`` and ``reply_to``
    are addresses in the channel's own form. ``case_sign`` and ``document_id`` are our marks that should
    come back in the proof. ``due`` is the last moment for collection, where the channel knows one.
    """

    key: str
    document: File
    recipient: str
    reply_to: str = ""
    on_behalf: str = ""
    case_sign: str = ""
    document_id: str = ""
    due: datetime | None = None
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Handed:
    """The other side took the document. ``receipt`` is its proof (UPP) if it came at once."""

    external_id: str
    order_id: str = ""
    receipt: File | None = None
    receipt_id: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """One document from the box, exactly as it came.

    ``external_id`` is the other side's id of the document (may be empty), ``token`` what ``acknowledge``
    needs to take it off the queue. ``test`` marks a trial sending that must not enter the register.
    """

    box: str
    token: str
    document: File
    external_id: str = ""
    sender_id: str = ""
    sender_name: str = ""
    sender_kind: str = ""
    """``person``, ``organisation`` or empty when the channel does not say."""
    sender_identifiers: dict[str, str] = field(default_factory=dict)
    """``pesel``, ``nip``, ``regon`` as the channel gave them."""
    reply_to: str = ""
    sent_at: datetime | None = None
    test: bool = False
    extra: bytes = b""


@dataclass(frozen=True, slots=True)
class Found:
    """What ``find`` learned about a sending whose answer was lost."""

    done: bool
    handed: Handed | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """Answer to "are you well?": a code for the operator's page and a detail without secrets."""

    ok: bool
    detail: str = ""


@runtime_checkable
class Channel(Protocol):
    """One way in and out. ``name`` is its key in the registry and in the database."""

    name: str

    def lodge(self, outgoing: Outgoing) -> Handed:
        """Submit to a public body's box against a receipt of submission (UPP). Not repeatable."""

    def send(self, outgoing: Outgoing) -> Handed:
        """Deliver to a recipient against a receipt of delivery (UPD). Not repeatable."""

    def boxes(self) -> Sequence[str]:
        """The boxes this office empties."""

    def waiting(self, box: str) -> int:
        """How many documents wait in ``box``."""

    def receive(self, box: str) -> Received | None:
        """The oldest unacknowledged document, again and again until acknowledged; ``None`` when empty."""

    def acknowledge(self, box: str, token: str) -> None:
        """Take the document off the queue. Repeatable: an already acknowledged one is success."""

    def track(self, external_id: str) -> Handed | None:
        """The newest proof for a sending, where the channel can be asked; ``None`` when it cannot."""

    def find(self, outgoing: Outgoing) -> Found | None:
        """Was this sending done? ``None`` when the channel cannot tell (then a clerk decides)."""

    def check(self) -> Health:
        """Are you well? Cheap, changes nothing."""
