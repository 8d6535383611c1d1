"""Tables of cases: the JRWA, cases, their elements and parties."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from eoffice.cases.workflow import RUNNING
from portal.core import events
from portal.core.db import Base


class JrwaClass(Base):
    """A class of the JRWA. Only an end class takes cases and carries archival categories."""

    __tablename__ = "jrwa_class"

    symbol: Mapped[str] = mapped_column(String(10), primary_key=True)
    name: Mapped[str] = mapped_column(String(300))
    category: Mapped[str] = mapped_column(String(8), default="")
    category_other: Mapped[str] = mapped_column(String(8), default="")
    is_end: Mapped[bool] = mapped_column(default=True)
    active: Mapped[bool] = mapped_column(default=True)
    term: Mapped[str] = mapped_column(String(8), default="P1M")
    """The usual term of settling (ISO 8601: ``P1M``, ``P14D``); the case may set its own."""


class Case(Base):
    """A case and its sign (znak sprawy), which never changes. States: ``eoffice.cases.workflow``."""

    __tablename__ = "case"
    __table_args__ = (
        UniqueConstraint("department_symbol", "symbol", "year", "number"),
        Index("ix_case_state_due", "state", "due_on", "id"),
        Index("ix_case_assignee_state", "assignee_id", "state"),
        Index("ix_case_party", "party_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sign: Mapped[str] = mapped_column(String(80), unique=True)
    department_symbol: Mapped[str] = mapped_column(String(20))
    symbol: Mapped[str] = mapped_column(ForeignKey("jrwa_class.symbol"))
    number: Mapped[int]
    year: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))
    state: Mapped[str] = mapped_column(String(20))
    department_id: Mapped[int] = mapped_column(ForeignKey("group.id"), index=True)
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    party_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))
    opened_at: Mapped[datetime]
    due_on: Mapped[date | None]
    paused_on: Mapped[date | None]
    """Since when the term does not run because we wait for the party (KPA art. 35 § 5)."""
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(String(30), default="")
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"), index=True)
    """The ended case this one takes up again (instruction § 31(3)): both carry the other's sign."""
    letters_count: Mapped[int] = mapped_column(default=0)
    code_version: Mapped[int] = mapped_column(default=1)
    """Grows when the access code for the public view is replaced; the code itself is not stored."""

    @property
    def ref(self) -> str:
        return events.ref("case", self.id)

    @property
    def runs(self) -> bool:
        """Whether the term of settling runs now."""
        return self.state in RUNNING

    @property
    def path(self) -> str:
        """Where rights to this case are given: the department's place in the office."""
        return f"/biuro/{self.department_symbol}"


class CaseElement(Base):
    """Something in the case's files: an entry, a letter, a note, a document. Added, never changed."""

    __tablename__ = "case_element"
    __table_args__ = (Index("ix_case_element_case", "case_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    kind: Mapped[str] = mapped_column(String(12))
    """``entry``, ``letter``, ``note`` or ``document``."""
    title: Mapped[str] = mapped_column(String(300))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"))
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    note: Mapped[str] = mapped_column(default="")
    added_at: Mapped[datetime]
    added_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class CaseParty(Base):
    """Who takes part in a case, and as what."""

    __tablename__ = "case_party"

    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(String(20), default="party")
