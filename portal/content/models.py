"""Tables of content: the tree of items, their immutable versions, files beside them, redirects."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core import events
from portal.core.db import Base

Path = String(400).with_variant(String(400, collation="C"), "postgresql")
"""Compared byte by byte everywhere, so that "everything under /a" is one range of the index."""

UNSEEN = "state <> 'published' or binned_at is not null"
BINNED = "binned_from <> ''"
"""What the partial indexes of items hold; a statement that wants one says the same words."""


class Item(Base):
    """A node of the tree and its row in the catalogue.

    ``path`` is unique (``/``, ``/aktualnosci/dzien-otwarty``, ``/bip/przetargi/1``); lineage is its prefixes.
    ``live_version_id`` is what the public sees; publishing moves it, nothing is overwritten. Title, summary
    and the moments are repeated from the live version so that listings never load bodies.
    """

    __tablename__ = "item"
    __table_args__ = (
        Index("ix_item_parent_position", "parent_id", "position", "id"),
        Index("ix_item_parent_published", "parent_id", "published_at", "id"),
        Index("ix_item_type_state", "type", "state"),
        Index("ix_item_review", "review", "changed_at"),
        Index("ix_item_in_menu", "in_menu", "path"),
        Index(
            "ix_item_publish_at",
            "publish_at",
            sqlite_where=text("publish_at is not null"),
            postgresql_where=text("publish_at is not null"),
        ),
        Index("ix_item_starts_at", "starts_at", "id"),
        Index("ix_item_unseen", "id", sqlite_where=text(UNSEEN), postgresql_where=text(UNSEEN)),
        Index("ix_item_binned", "binned_at", "id", sqlite_where=text(BINNED), postgresql_where=text(BINNED)),
        Index("ix_item_type_starts_at", "type", "starts_at", "id"),
        Index("ix_item_protected", "path", sqlite_where=text("protected"), postgresql_where=text("protected")),
        Index(
            "uq_item_source",
            "source",
            unique=True,
            sqlite_where=text("source != ''"),
            postgresql_where=text("source != ''"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(Path, unique=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"))
    type: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20))
    """What the public sees of it: ``unpublished``, ``published``, ``archived``, ``withdrawn``,
    ``retired`` (``workflow.LIFE``).."""
    review: Mapped[str] = mapped_column(String(20), default="none")
    """How far the working copy is: ``none``, ``draft``, ``pending`` (``workflow.REVIEW``)."""
    title: Mapped[str] = mapped_column(String(300))
    summary: Mapped[str] = mapped_column(String(600), default="")
    position: Mapped[int] = mapped_column(default=0)
    in_menu: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(String(5), default="pl")
    original_id: Mapped[int | None] = mapped_column(index=True)
    """The item this one says in another language; an item that has such versions names itself."""
    original_version_id: Mapped[int | None]
    """The live state of the original that this language version was last made after."""
    starts_at: Mapped[datetime | None]
    """When a published event begins and ends, for calendars (a whole day: midnight to midnight in Poland); of other
    types the day they are about, for lists by years."""
    ends_at: Mapped[datetime | None]
    picture_id: Mapped[int | None]
    """The image shown beside it in lists."""
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    """When it was really made available for the first time: server time, never typed (UDIP art. 8(6)(5))."""
    counted_from: Mapped[datetime | None]
    """From when the time the law gives it is counted, when not from ``published_at``: it came down before that time
    was over, and was published again; or it stood in another Bulletin before and its time began there."""
    publish_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    scheduled_version_id: Mapped[int | None]
    """The version that is published at ``publish_at``: what was decided on, whatever is drafted meanwhile."""
    scheduled_by: Mapped[int | None]
    """The user who set ``publish_at`` or ``expires_at``; it is done in their name while they hold the right."""
    live_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("item_version.id", use_alter=True, name="fk_item_live_version_id_item_version")
    )
    draft_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("item_version.id", use_alter=True, name="fk_item_draft_version_id_item_version")
    )
    source: Mapped[str] = mapped_column(String(80), default="")
    """What it was made from (``letter:7``), so that one publication act is never done twice."""
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Named settings acquired by everything below (banner, contact box)."""
    protected: Mapped[bool] = mapped_column(default=False)
    """Published here and below only for those who hold a role at the path, not for everyone."""
    binned_at: Mapped[datetime | None]
    binned_from: Mapped[str] = mapped_column(String(400), default="")
    """The path it had before it went to the bin."""
    version: Mapped[int] = mapped_column(default=1)
    """For the optimistic check when two editors save at once."""

    @property
    def ref(self) -> str:
        return events.ref("item", self.id)


class ItemVersion(Base):
    """One saved state of an item; never changed. ``fields`` are those of its type (for BIP: the marks of the law)."""

    __tablename__ = "item_version"
    __table_args__ = (UniqueConstraint("item_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))
    summary: Mapped[str] = mapped_column(String(600), default="")
    body: Mapped[str] = mapped_column(default="")
    """Sanitised HTML."""
    fields: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reason: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    author: Mapped[str] = mapped_column(String(200), default="")
    """Who entered it, by the name they had then (UDIP art. 8(6)(3)); from the session, never typed."""
    published_at: Mapped[datetime | None]
    """When this state was really made available: server time."""
    published_by: Mapped[str] = mapped_column(String(200), default="")
    withdrawn_at: Mapped[datetime | None]
    """When it stopped being the live state: replaced, or withdrawn."""


class ItemFile(Base):
    """A document attached to one version, under a title."""

    __tablename__ = "item_file"

    version_id: Mapped[int] = mapped_column(ForeignKey("item_version.id"), primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True, index=True)
    title: Mapped[str] = mapped_column(String(300))
    position: Mapped[int] = mapped_column(default=0)


class Redirect(Base):
    """An old path and the item that lives elsewhere now."""

    __tablename__ = "redirect"

    path: Mapped[str] = mapped_column(Path, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    created_at: Mapped[datetime]


class ItemWord(Base):
    """A word by which editors pick an item; made of its title and its own name (``titles``)."""

    __tablename__ = "item_word"
    __table_args__ = (
        Index("ix_item_word_item", "item_id", "word"),
        {"sqlite_with_rowid": False},
    )

    word: Mapped[str] = mapped_column(
        String(60).with_variant(String(60, collation="C"), "postgresql"), primary_key=True
    )
    """``p:laka`` of a page, ``i:laka`` of an image; ``i:`` alone stands for every image."""
    item_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class ItemLink(Base):
    """A version's link to another item; kept by number, so that a move never breaks it."""

    __tablename__ = "item_link"

    version_id: Mapped[int] = mapped_column(ForeignKey("item_version.id"), primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True, index=True)


class ItemNote(Base):
    """What a person said when they acted: a remark on return, the public reason of a withdrawal.

    Events name the note by its number, so words that must be erased can be, and the chain stays whole.
    """

    __tablename__ = "item_note"
    __table_args__ = (Index("ix_item_note_kind", "kind", "item_id", "created_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    version_id: Mapped[int | None] = mapped_column(ForeignKey("item_version.id"))
    kind: Mapped[str] = mapped_column(String(20))
    """What it belongs to: ``return``, ``publish``, ``withdraw``, ``archive``, ``restore``, ``schedule_failed``."""
    text: Mapped[str] = mapped_column(String(1000))
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    author: Mapped[str] = mapped_column(String(200), default="")


class Picture(Base):
    """What the worker found out about an image: its size in pixels, upright, or why it is refused."""

    __tablename__ = "picture"

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
    width: Mapped[int]
    height: Mapped[int]
    refused: Mapped[str] = mapped_column(String(40), default="")
    """The code of the sentence that says why no smaller versions were made; empty: they were."""


class Rendition(Base):
    """A smaller or cropped version of an image, without the data of the camera and of the place."""

    __tablename__ = "rendition"

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    """``w640.webp``; of a crop also where its middle is: ``karta-30-60.webp``."""
    sha256: Mapped[str] = mapped_column(String(64))
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int]


class OutsideLink(Base):
    """An address outside this site that texts link to, and what came of asking for it."""

    __tablename__ = "outside_link"
    __table_args__ = (Index("ix_outside_link_state", "state", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(String(2000))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the address: long texts make poor unique keys."""
    state: Mapped[str] = mapped_column(String(10), default="new")
    """``new``, ``works``, ``broken``, ``refused`` (an address we do not ask for)."""
    answer: Mapped[str] = mapped_column(String(60), default="")
    """What came: an HTTP status, or the code of what went wrong."""
    checked_at: Mapped[datetime | None]
    since: Mapped[datetime | None]
    """When it was first found in the present state."""
    known_at: Mapped[datetime | None]
    known_by: Mapped[str] = mapped_column(String(200), default="")


class OutsideLinkUse(Base):
    """A version of an item that links to an address outside."""

    __tablename__ = "outside_link_use"

    version_id: Mapped[int] = mapped_column(ForeignKey("item_version.id"), primary_key=True)
    link_id: Mapped[int] = mapped_column(ForeignKey("outside_link.id"), primary_key=True, index=True)


class SiteVersion(Base):
    """One row that grows with every visible change: the key of page caches in every process."""

    __tablename__ = "site_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]


class Visit(Base):
    """How often the page at an address was opened on a day; of whom, nothing is known."""

    __tablename__ = "visit"

    day: Mapped[date] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(Path, primary_key=True)
    hits: Mapped[int]


class VisitDay(Base):
    """The sum of a day for a part of the site (``bip``, ``portal``)."""

    __tablename__ = "visit_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    part: Mapped[str] = mapped_column(String(10), primary_key=True)
    hits: Mapped[int]
