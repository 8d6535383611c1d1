"""Tables of search: what editors tune, and what people did not find."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base


class SynonymLine(Base):
    """One line of the table of synonyms, as the editor wrote it: ``a = b = c`` or ``a > b``."""

    __tablename__ = "search_synonym"

    id: Mapped[int] = mapped_column(primary_key=True)
    line: Mapped[str] = mapped_column(String(300))
    changed_at: Mapped[datetime]


class BestBet(Base):
    """A page the editor puts before all results when the question has all the words of ``words``.

    ``key`` names the thing at ``url``, where there is one: the bet follows it when it moves, and is shown only to
    those who may find it. An empty ``title`` is then the thing's own. Days are inclusive; none is no limit.
    """

    __tablename__ = "search_best_bet"

    id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(300))
    url: Mapped[str] = mapped_column(String(400))
    key: Mapped[str] = mapped_column(String(80), default="", server_default="")
    since: Mapped[date | None]
    until: Mapped[date | None]
    changed_at: Mapped[datetime]


class Asked(Base):
    """How often a question was asked on a day and how often nothing was found. Nothing tells who asked."""

    __tablename__ = "search_asked"
    __table_args__ = (Index("ix_search_asked_missed", "missed", "day"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(String(80), primary_key=True)
    asked: Mapped[int] = mapped_column(default=0)
    missed: Mapped[int] = mapped_column(default=0)
