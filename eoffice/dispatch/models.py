"""Tables of dispatch: letters and deliveries."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core import events
from portal.core.db import Base


class Letter(Base):
    """What we write in a case. ``document_id`` is the final XML, made at approval and signed; then it never changes.

    States: ``eoffice.dispatch.workflow`` (draft, awaiting approval, approved, sent, delivered …).
    """

    __tablename__ = "letter"
    __table_args__ = (Index("ix_letter_state", "state", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    number: Mapped[int] = mapped_column(default=0)
    """The letter's number within the case (``znak.n``), given at approval; 0 before."""
    kind: Mapped[str] = mapped_column(String(12))
    """``letter`` or ``decision``."""
    title: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(default="")
    """Plain text in paragraphs."""
    state: Mapped[str] = mapped_column(String(20))
    version: Mapped[int] = mapped_column(default=1)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    approver_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    remark: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime]
    approved_at: Mapped[datetime | None]
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"))
    """The RPWY entry."""

    @property
    def ref(self) -> str:
        return events.ref("letter", self.id)


class Delivery(Base):
    """One recipient of a letter; planned with the draft, on its way once the letter is sent.

    ``key`` is our idempotency key, ``mark`` the document id we give the channel and expect back in the proof;
    ``order_id`` and ``external_id`` are the channel's own marks. States: ``eoffice.dispatch.workflow``.
    """

    __tablename__ = "delivery"
    __table_args__ = (Index("ix_delivery_state", "state", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"), index=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    channel: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(String(400))
    key: Mapped[str] = mapped_column(String(64), unique=True)
    state: Mapped[str] = mapped_column(String(20))
    mark: Mapped[str] = mapped_column(String(80), default="", index=True)
    order_id: Mapped[str] = mapped_column(String(80), default="", index=True)
    external_id: Mapped[str] = mapped_column(String(80), default="", index=True)
    sent_at: Mapped[datetime | None]
    due_on: Mapped[date | None]
    """Until when the proof is awaited; afterwards a clerk decides on the computed date."""
    delivered_at: Mapped[datetime | None]
    proof_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    problem: Mapped[str] = mapped_column(String(200), default="")

    @property
    def ref(self) -> str:
        return events.ref("delivery", self.id)
