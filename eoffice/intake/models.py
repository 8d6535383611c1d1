"""Tables of intake: messages and the files found in them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base


class Message(Base):
    """One item from a channel. ``external_key`` (the channel's id, else box and digest) makes receiving idempotent.

    ``kind`` is ``letter``, ``upp``, ``upd`` or ``unknown``; states: ``eoffice.intake.workflow``. ``problem`` names why a
    person has to look at it. ``effect`` is the legal effect of the way it came, as assessed by a clerk.
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("channel", "external_key"),
        Index("ix_message_state_received", "state", "received_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(20))
    external_key: Mapped[str] = mapped_column(String(160))
    external_id: Mapped[str] = mapped_column(String(80), default="", index=True)
    box: Mapped[str] = mapped_column(String(120), default="")
    token: Mapped[str] = mapped_column(String(120), default="")
    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(20))
    problem: Mapped[str] = mapped_column(String(60), default="")
    effect: Mapped[str] = mapped_column(String(20), default="to_assess")
    title: Mapped[str] = mapped_column(String(300), default="")
    sender_name: Mapped[str] = mapped_column(String(300), default="")
    sender_party_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))
    reply_to: Mapped[str] = mapped_column(String(160), default="")
    sent_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    extra_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("submission.id"), index=True)


class MessageFile(Base):
    """An attachment taken out of a message's document; ``problem`` when it is not what it claims to be."""

    __tablename__ = "message_file"

    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(String(60), default="")
