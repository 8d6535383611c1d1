"""Tables of the editors' room: unsaved work, locks, preview links, requests for review."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base


class UnsavedWork(Base):
    """What one editor typed into one form and has not saved: no version, seen by nobody else.

    It is a person's own note, not a fact of the office, so it leaves no event and is overwritten.
    """

    __tablename__ = "unsaved_work"
    __table_args__ = (UniqueConstraint("user_id", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"), index=True)
    place: Mapped[str] = mapped_column(String(480))
    """The form it was typed into: ``item:12``, or ``new:page:/urzad``."""
    typed: Mapped[dict[str, Any]]
    """Field of the form → list of values, as sent."""
    files: Mapped[list[Any]] = mapped_column(default=list)
    """Documents sent with a form that was refused: ``{"id": 7, "title": "Uchwała"}``."""
    saved_at: Mapped[datetime]


class EditLock(Base):
    """Who is editing an item. It runs out by itself (``locks.LIFE`` after ``beat_at``)."""

    __tablename__ = "edit_lock"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    since: Mapped[datetime]
    beat_at: Mapped[datetime]


class PreviewLink(Base):
    """Leave for whoever has the signed link to see exactly one version until ``expires_at``."""

    __tablename__ = "preview_link"
    __table_args__ = (Index("ix_preview_link_item", "item_id", "expires_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("item_version.id"))
    created_at: Mapped[datetime]
    created_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class ReviewRequest(Base):
    """A working copy sent for acceptance: by whom, until when, with which words. Closed when it is decided."""

    __tablename__ = "review_request"
    __table_args__ = (
        Index("ix_review_request_item", "item_id", "id"),
        Index("ix_review_request_open", "closed_at", "due_on", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    version_id: Mapped[int | None] = mapped_column(ForeignKey("item_version.id"))
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    submitted_at: Mapped[datetime]
    due_on: Mapped[date | None]
    message: Mapped[str] = mapped_column(String(1000), default="")
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    """Who was asked; empty: whoever may review there."""
    closed_at: Mapped[datetime | None]
