"""Tables of the Bulletin: the leaves of its public log, signed checkpoints of it, days of availability,
daily reviews of the journal, relations of acts, rules of law with what they make due."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base

FORM = 2
"""What the digest of a new leaf covers."""


class BulletinLeaf(Base):
    """One act of publication as a leaf of the append-only log (RFC 6962); added, never changed.

    ``digest`` is SHA-256 over ``salt`` and the published content: without the salt it says nothing of the
    content, so erasing the salt with the content leaves the log whole (RODO art. 17).
    """

    __tablename__ = "bulletin_leaf"
    __table_args__ = (Index("ix_bulletin_leaf_item", "item_id", "position"),)

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """From 0, without gaps."""
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    version_id: Mapped[int | None] = mapped_column(ForeignKey("item_version.id"))
    act: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    path: Mapped[str] = mapped_column(String(400))
    digest: Mapped[str] = mapped_column(String(64))
    salt: Mapped[str] = mapped_column(String(32))
    form: Mapped[int] = mapped_column(default=FORM, server_default="1")
    """Which facts the digest covers: 1 without the moment of being made available, 2 with it."""
    hash: Mapped[str] = mapped_column(String(64))
    """The leaf's hash: RFC 6962 over the canonical JSON of the facts above except the salt."""


class BulletinNode(Base):
    """The hash of a whole subtree of the log: ``2**level`` leaves from leaf ``number * 2**level`` on; never changed."""

    __tablename__ = "bulletin_node"

    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """From 1; the leaves are level 0."""
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(String(64))


class BulletinCheckpoint(Base):
    """The log's size and root at a moment, signed: what outsiders keep and compare."""

    __tablename__ = "bulletin_checkpoint"

    id: Mapped[int] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(unique=True)
    root: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    note: Mapped[str] = mapped_column(String(2000))
    """The signed text (a note: origin, size, root, moment, signature)."""


class BulletinStamp(Base):
    """What came of asking a time-stamping authority about a checkpoint (RFC 3161); added, never changed."""

    __tablename__ = "bulletin_stamp"

    id: Mapped[int] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(ForeignKey("bulletin_checkpoint.size"), index=True)
    """Of the checkpoint whose ``note`` (UTF-8) was to be stamped."""
    asked_at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(String(20))
    """``granted``, or what went wrong (``bip.stamp.<outcome>`` is its sentence)."""
    said: Mapped[str] = mapped_column(String(200), default="")
    """The authority's or the connection's own words about what went wrong, for administrators."""
    stamped_at: Mapped[datetime | None]
    """The moment by the authority's clock."""
    authority: Mapped[str] = mapped_column(String(300), default="")
    query: Mapped[bytes] = mapped_column(LargeBinary)
    answer: Mapped[bytes] = mapped_column(LargeBinary)
    """The question and the answer as they went (DER: ``TimeStampReq``, ``TimeStampResp``); empty without a stamp."""


class BulletinCopy(Base):
    """A copy of the whole Bulletin put on the shelf, a try that failed, or a test of the newest copy; added only."""

    __tablename__ = "bulletin_copy"
    __table_args__ = (Index("ix_bulletin_copy_kind", "kind", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    """``copy`` or ``test``."""
    at: Mapped[datetime]
    name: Mapped[str] = mapped_column(String(40))
    """Of the copy, as on the shelf."""
    outcome: Mapped[str] = mapped_column(String(20))
    """``whole``, ``broken`` (a test found something), or what went wrong (``bip.copy.<outcome>`` is its sentence)."""
    said: Mapped[str] = mapped_column(String(1000), default="")
    """What the test found, as codes with their places; the system's words about what went wrong."""
    size: Mapped[int] = mapped_column(default=0)
    """Leaves of the public log in the copy."""
    up_to: Mapped[int] = mapped_column(default=0)
    """The newest line of the register of changes in the copy."""
    files: Mapped[int] = mapped_column(default=0)
    bytes: Mapped[int] = mapped_column(BigInteger, default=0)


class AvailableDay(Base):
    """How an item that must stand was found on a day: times it was seen from outside, times it was not."""

    __tablename__ = "bulletin_available_day"
    __table_args__ = (Index("ix_bulletin_available_day_item", "item_id", "day"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True, autoincrement=False)
    seen: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(String(20), default="")
    """Of the last failure of the day: an HTTP status, ``other_version``, ``timeout`` or ``unreachable``."""


class JournalReview(Base):
    """A weekday review of the journal (the administrator's duty): who looked, when, up to which event."""

    __tablename__ = "journal_review"

    day: Mapped[date] = mapped_column(primary_key=True)
    reviewed_at: Mapped[datetime]
    reviewed_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    up_to: Mapped[int]
    remark: Mapped[str] = mapped_column(String(500), default="")


class BulletinExclusion(Base):
    """An exclusion of openness of a public version: which ground, since when. Its facts stand in the version."""

    __tablename__ = "bulletin_exclusion"
    __table_args__ = (
        Index("ix_bulletin_exclusion_since", "since", "version_id", "number"),
        Index("ix_bulletin_exclusion_item", "item_id"),
    )

    version_id: Mapped[int] = mapped_column(ForeignKey("item_version.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    ground: Mapped[str] = mapped_column(String(40))
    since: Mapped[datetime]
    year: Mapped[int]


class EntryTerm(Base):
    """A term under which a line of the register of changes is found: a word, a person, a section, an act, a type.

    Made of the line and made again whenever its words change (``bip.entries``); the log itself is the events.
    """

    __tablename__ = "bulletin_entry_term"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy's own way to say it

    term: Mapped[str] = mapped_column(
        String(160).with_variant(String(160, collation="C"), "postgresql"), primary_key=True
    )
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    item_id: Mapped[int]


class ActRelation(Base):
    """What one act does to another (uchwała, zarządzenie); ended, never deleted, when it was entered by mistake."""

    __tablename__ = "bulletin_relation"
    __table_args__ = (
        Index("ix_bulletin_relation_source", "source_id", "id"),
        Index("ix_bulletin_relation_target", "target_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    target_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    kind: Mapped[str] = mapped_column(String(20))
    """What the source does: ``changes``, ``repeals``, ``implements``, ``consolidates`` (is its consolidated text)."""
    since: Mapped[date]
    basis: Mapped[str] = mapped_column(String(300), default="")
    added_at: Mapped[datetime]
    added_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    public_at: Mapped[datetime | None]
    """When everyone could first read both acts, and so that one concerns the other."""
    ended_at: Mapped[datetime | None]


class BulletinRule(Base):
    """A rule of law for one type of publication, in force for what is made available from ``since`` on; added, never
    changed: what was published before keeps the rule of its day."""

    __tablename__ = "bulletin_rule"

    id: Mapped[int] = mapped_column(primary_key=True)
    type: Mapped[str] = mapped_column(String(40))
    since: Mapped[date]
    rule: Mapped[dict[str, Any]]
    """As in ``data/types.json`` under ``term``; empty: from that day on there is none."""
    reason: Mapped[str] = mapped_column(String(500))
    added_at: Mapped[datetime]
    added_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class BulletinDue(Base):
    """One thing to see to by a day. No fact of its own: follows the events, and can be made anew from the facts."""

    __tablename__ = "bulletin_due"
    __table_args__ = (
        Index("ix_bulletin_due_due", "due", "id"),
        Index("ix_bulletin_due_kind", "kind", "detail", "due", "id"),
        Index("ix_bulletin_due_item", "item_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    """What it is about, so that it is entered once: ``<item or type>:<kind>:<detail>``."""
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"))
    """``None``: a publication that is missing altogether."""
    type: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(12))
    detail: Mapped[str] = mapped_column(String(80), default="")
    """Of ``also`` and ``remove`` the place, of ``missing`` the period, of ``unreadable`` the field,
    of ``copy`` the number of the request."""
    due: Mapped[date]


class TermFact(Base):
    """What was done about a term, by whom and when; added, never changed: an act is undone by another one."""

    __tablename__ = "bulletin_term_fact"
    __table_args__ = (
        Index("ix_bulletin_term_fact_item", "item_id", "id"),
        Index("ix_bulletin_term_fact_type", "type", "act", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"))
    type: Mapped[str] = mapped_column(String(40))
    act: Mapped[str] = mapped_column(String(12))
    """``posted``, ``removed``, ``undone`` (of a place); ``late``, ``explained``; ``kept``, ``archived``,
    ``withdrawn`` (decisions); ``settled`` (of a period without a publication); ``copy_asked``, ``copy_given``,
    ``copy_void`` (of a copy for a party, never with who it is)."""
    detail: Mapped[str] = mapped_column(String(80), default="")
    """The place, the period, or the number of the request for a copy."""
    day: Mapped[date | None]
    """When it was posted or removed; of ``late`` the last day it was due; of ``kept`` the last day it now stands."""
    reason: Mapped[str] = mapped_column(String(1000), default="")
    at: Mapped[datetime]
    by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    author: Mapped[str] = mapped_column(String(200), default="")
    """The name of who did it, as it was then."""


class DueState(Base):
    """One row: for which rules ``BulletinDue`` was filled, and how far a filling that runs has come."""

    __tablename__ = "bulletin_due_state"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    rules: Mapped[str] = mapped_column(String(64), default="")
    reached: Mapped[int | None]
    """The number of the last item looked at; ``None``: all were."""
