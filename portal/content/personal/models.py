"""Tables of the gate: what files were found to hold, what people decided, what was made of what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base

WAITING, DONE, FAILED = "waiting", "done", "failed"


class FileCheck(Base):
    """What could be read of one file, by its hash, with everything hidden in it.

    ``pieces`` are those of ``files.pieces``; ``note`` says why a file could not be checked (``locked``, ``broken``,
    ``too_large``, ``timeout``, ``unsupported``). Only a ``done`` one may be published.
    """

    __tablename__ = "personal_file"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    state: Mapped[str] = mapped_column(String(10), default=WAITING)
    note: Mapped[str] = mapped_column(String(20), default="")
    kind: Mapped[str] = mapped_column(String(20), default="")
    pieces: Mapped[list[Any]] = mapped_column(default=list)
    checked_at: Mapped[datetime | None]


class Decision(Base):
    """A person's word on one finding: ``remove`` it, or ``keep`` it for a ``reason``.

    ``source`` is ``text`` or the hash of a file; ``mark`` a digest of the finding with the words around it, so that
    a correction asks only about what is new.
    """

    __tablename__ = "personal_decision"
    __table_args__ = (UniqueConstraint("item_id", "source", "mark"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    source: Mapped[str] = mapped_column(String(64))
    mark: Mapped[str] = mapped_column(String(64))
    act: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(20), default="")
    made_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    made_at: Mapped[datetime]


class Redaction(Base):
    """A redacted copy: made of ``original_id``, as ``copy_id``; ``targets`` say what was taken out, by place only."""

    __tablename__ = "personal_redaction"
    __table_args__ = (Index("ix_personal_redaction_item_id", "item_id", "original_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    original_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    copy_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    state: Mapped[str] = mapped_column(String(10), default=WAITING)
    note: Mapped[str] = mapped_column(String(20), default="")
    targets: Mapped[list[Any]] = mapped_column(default=list)
    report: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """How each page was made: ``edited`` or ``picture``; what else was dropped."""
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    asked_at: Mapped[datetime]
    made_at: Mapped[datetime | None]
