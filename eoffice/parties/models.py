"""Tables of parties: who they are, what identifies them, where they can be reached."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core import events
from portal.core.db import Base


class Party(Base):
    """A person or an organisation. ``user_id`` links the account through which they see their matters."""

    __tablename__ = "party"
    __table_args__ = (Index("ix_party_sort_name", "sort_name", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    """``person`` or ``organisation``."""
    name: Mapped[str] = mapped_column(String(300), index=True)
    first_name: Mapped[str] = mapped_column(String(100), default="")
    last_name: Mapped[str] = mapped_column(String(150), default="")
    sort_name: Mapped[str] = mapped_column(
        String(300).with_variant(String(300, collation="C"), "postgresql"), default=""
    )
    """What lists are sorted and searched by: surname first, plain letters, compared byte by byte."""
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), unique=True)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"), index=True)
    created_at: Mapped[datetime]

    @property
    def ref(self) -> str:
        return events.ref("party", self.id)


class PartyIdentifier(Base):
    """A strong identifier (``pesel``, ``nip``, ``regon``, ``krs``, ``epuap``); it belongs to one party only."""

    __tablename__ = "party_identifier"
    __table_args__ = (UniqueConstraint("kind", "value"), Index("ix_party_identifier_party", "party_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    kind: Mapped[str] = mapped_column(String(20))
    value: Mapped[str] = mapped_column(String(120))


class PartyAddress(Base):
    """Where a party could be reached from ``since`` until ``until`` (``None``: still).

    Kinds: ``epuap`` (a box), ``ade``, ``post`` (one line per line), ``email``, ``phone``. Facts are added: an
    address that comes back is a further row.
    """

    __tablename__ = "party_address"
    __table_args__ = (
        UniqueConstraint("party_id", "kind", "value", "since"),
        Index("ix_party_address_kind_value", "kind", "value"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    kind: Mapped[str] = mapped_column(String(20))
    value: Mapped[str] = mapped_column(String(400))
    since: Mapped[datetime]
    until: Mapped[datetime | None]
