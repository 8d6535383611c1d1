"""Tables of dispatch: letters and deliveries."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base


class Letter(Base):
    """What we write in a case. ``document_id`` is the final XML, made at approval and signed; then it never changes.

    States: ``eoffice.dispatch.workflow`` (draft, awaiting approval, approved, sent, delivered …).
    """

    __tablename__ = "letter"
    __table_args__ = (Index("ix_letter_state", "state", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    number: Mapped[int]
    """The letter's number within the case (``znak.n``)."""
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


class Delivery(Base):
    """One recipient of a letter. ``key`` is our idempotency key; ``order_id`` and ``external_id`` the channel's marks."""

    __tablename__ = "delivery"
    __table_args__ = (Index("ix_delivery_state", "state", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"), index=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    channel: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(String(400))
    key: Mapped[str] = mapped_column(String(64), unique=True)
    state: Mapped[str] = mapped_column(String(20))
    order_id: Mapped[str] = mapped_column(String(80), default="", index=True)
    external_id: Mapped[str] = mapped_column(String(80), default="", index=True)
    sent_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    proof_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    problem: Mapped[str] = mapped_column(String(200), default="")
