"""Tables of counted attempts and of acts that must not be done twice: both hold across all processes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base


class Attempt(Base):
    """One attempt at something limited. ``bucket`` is a keyed hash: no log-in name and no address is stored."""

    __tablename__ = "attempt"
    __table_args__ = (Index("ix_attempt_bucket_at", "bucket", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    bucket: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(index=True)


class Once(Base):
    """An act asked for with a key (``portal.web.once``). ``key``, ``asked`` are hashes; ``number``: what was made."""

    __tablename__ = "once"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    asked: Mapped[str] = mapped_column(String(64))
    number: Mapped[int]
    at: Mapped[datetime] = mapped_column(index=True)
