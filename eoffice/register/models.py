"""Tables of the registers: entries and their assignments (dekretacje)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core import events
from portal.core.db import Base


class Entry(Base):
    """A line of a register, with the metadata of annexes A and B of the model office instruction (2021).

    ``identifier`` (``RPW-2026-12``) is the system's, as the annexes allow no slash in it; the printed form is
    ``RPW/12/2026``. Never removed and never renumbered: a cancelled line stays with its reason.
    """

    __tablename__ = "entry"
    __table_args__ = (
        UniqueConstraint("register", "year", "number"),
        Index("ix_entry_register_state", "register", "state", "id"),
        Index("ix_entry_department_state", "department_id", "state", "id"),
        Index("ix_entry_assignee_state", "assignee_id", "state", "id"),
        Index("ix_entry_party", "party_id", "id"),
        Index("ix_entry_case", "case_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    register: Mapped[str] = mapped_column(String(8))
    year: Mapped[int]
    number: Mapped[int]
    identifier: Mapped[str] = mapped_column(String(40), unique=True)
    state: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(300))
    kind: Mapped[str] = mapped_column(String(60), default="pismo")
    party_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))
    party_name: Mapped[str] = mapped_column(String(300), default="")
    """The name as it stood on the item; parties may be renamed later."""
    others: Mapped[int] = mapped_column(default=0)
    """How many further recipients one line of RPWY stands for."""
    party_address: Mapped[str] = mapped_column(String(400), default="")
    """The address as it stood on the item (annex A2, B3), one line per line."""
    channel: Mapped[str] = mapped_column(String(20))
    """Way of delivery (A15) or of sending (B14)."""
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"), unique=True)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    filed_under: Mapped[str] = mapped_column(String(10), default="")
    """The JRWA class of a document that belongs to no case."""
    received_on: Mapped[date]
    """Date of receipt (RPW) or of handing over (RPWY), on the office's calendar."""
    registered_at: Mapped[datetime]
    registered_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    responsible_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    """Who drafted or accepted what goes out (B1)."""
    letter_date: Mapped[str] = mapped_column(String(10), default="")
    """Date on the letter; may be partial (``2026``, ``2026-03``)."""
    posted_on: Mapped[str] = mapped_column(String(10), default="")
    """Posting date; may be partial."""
    sender_sign: Mapped[str] = mapped_column(String(80), default="")
    access: Mapped[str] = mapped_column(String(20), default="none")
    """Access (A10): ``full`` (publiczny w całości), ``partial`` (częściowo), ``none`` (niepubliczny)."""
    attachments: Mapped[int] = mapped_column(default=0)
    format: Mapped[str] = mapped_column(String(120), default="")
    dcmi_type: Mapped[str] = mapped_column(String(20), default="Text")
    """Type in the DCMI vocabulary (A14)."""
    remarks: Mapped[str] = mapped_column(String(500), default="")
    department_id: Mapped[int | None] = mapped_column(ForeignKey("group.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    due_on: Mapped[date | None]
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str] = mapped_column(String(300), default="")

    @property
    def ref(self) -> str:
        return events.ref("entry", self.id)

    @property
    def printed(self) -> str:
        """``RPW/12/2026``: for eyes and stamps, not for systems."""
        return f"{self.register}/{self.number}/{self.year}"


class Assignment(Base):
    """A dekretacja: who gave the item to whom, with what term and instruction. Added, never changed."""

    __tablename__ = "assignment"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("group.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    due_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(String(500), default="")
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
