"""Tables of parties: who they are, what identifies them, where they can be reached."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base


class Party(Base):
    """A person or an organisation. ``user_id`` links the account through which they see their matters."""

    __tablename__ = "party"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    """``person`` or ``organisation``."""
    name: Mapped[str] = mapped_column(String(300), index=True)
    first_name: Mapped[str] = mapped_column(String(100), default="")
    last_name: Mapped[str] = mapped_column(String(150), default="")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), unique=True)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))
    created_at: Mapped[datetime]


class PartyIdentifier(Base):
    """A strong identifier (``pesel``, ``nip``, ``regon``, ``krs``, ``epuap``); it belongs to one party only."""

    __tablename__ = "party_identifier"
    __table_args__ = (UniqueConstraint("kind", "value"), Index("ix_party_identifier_party", "party_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    kind: Mapped[str] = mapped_column(String(20))
    value: Mapped[str] = mapped_column(String(120))


class PartyAddress(Base):
    """Where a party can be reached: ``epuap`` box, ``ade``, ``post`` (one line per line), ``email``, ``phone``."""

    __tablename__ = "party_address"
    __table_args__ = (UniqueConstraint("party_id", "kind", "value"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    kind: Mapped[str] = mapped_column(String(20))
    value: Mapped[str] = mapped_column(String(400))
    since: Mapped[datetime]
    until: Mapped[datetime | None]
