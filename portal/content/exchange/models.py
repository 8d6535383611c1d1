"""Tables of exports and imports: each run with its progress, and the lines of its report."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core import events
from portal.core.db import Base


class Transfer(Base):
    """One export or import. ``file`` is its archive in the folder ``exchange``; ``step`` of ``total`` is how far it is.

    ``item_id`` is the root of what is exported, or the place things are brought into.
    """

    __tablename__ = "transfer"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    """``export``, or the source of an import: ``wrota``, ``plone``, ``bip`` (whose ``file`` is the mapping)."""
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(12))
    file: Mapped[str] = mapped_column(String(80))
    size: Mapped[int] = mapped_column(default=0)
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What its source is told; ``part`` counts its jobs, ``stopped`` is the state in which the work broke off."""
    step: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    code: Mapped[str] = mapped_column(String(60), default="")
    """Why it failed, with ``details``."""
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    """When the file is deleted; the report stays."""

    @property
    def ref(self) -> str:
        return events.ref("transfer", self.id)


class TransferLine(Base):
    """One line of a report: what came of an entry, and why not whole."""

    __tablename__ = "transfer_line"

    transfer_id: Mapped[int] = mapped_column(ForeignKey("transfer.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    outcome: Mapped[str] = mapped_column(String(10))
    key: Mapped[str] = mapped_column(String(400))
    title: Mapped[str] = mapped_column(String(300))
    path: Mapped[str] = mapped_column(String(400))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"))
    notes: Mapped[list[Any]] = mapped_column(default=list)
    """Codes with details."""
