"""Tables of intake: messages and the files found in them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core import events
from portal.core.db import Base


class Message(Base):
    """One item from a channel. ``external_key`` (the channel's id and the bytes' digest) makes receiving idempotent.

    ``kind`` is ``letter``, ``upp``, ``upd`` or ``unknown``; states: ``eoffice.intake.workflow``. ``problem`` names
    why a person has to look at it. ``effect`` is the legal effect of the way it came (``eoffice.intake.legal``).
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
    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(20))
    problem: Mapped[str] = mapped_column(String(60), default="", index=True)
    effect: Mapped[str] = mapped_column(String(20), default="to_assess")
    title: Mapped[str] = mapped_column(String(300), default="")
    sender_id: Mapped[str] = mapped_column(String(120), default="")
    """The channel's own identifier of the sender."""
    sender_name: Mapped[str] = mapped_column(String(300), default="")
    sender_party_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))
    reply_to: Mapped[str] = mapped_column(String(160), default="")
    proof_of: Mapped[str] = mapped_column(String(80), default="", index=True)
    """The id of the document a receipt speaks of."""
    sent_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    extra_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("submission.id"), index=True)
    reason: Mapped[str] = mapped_column(String(300), default="")
    """Why a person dismissed it."""

    @property
    def ref(self) -> str:
        return events.ref("message", self.id)


class MessageFile(Base):
    """An attachment of a message's document: taken out of it, or (``uri``) only linked from it.

    ``problem`` says what is wrong with it: ``empty``, ``mislabelled``, ``base64`` … (``forms.view.Attachment``).
    """

    __tablename__ = "message_file"
    __table_args__ = (UniqueConstraint("message_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), index=True)
    uri: Mapped[str] = mapped_column(String(500), default="")
    description: Mapped[str] = mapped_column(String(300), default="")
    problem: Mapped[str] = mapped_column(String(60), default="")
