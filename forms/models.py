"""Tables of forms: versioned definitions, and one citizen's answers to one version."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core import events
from portal.core.db import Base


class Form(Base):
    """A form and the pointer to its published version."""

    __tablename__ = "form"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(String(600), default="")
    position: Mapped[int] = mapped_column(default=0)
    live_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("form_version.id", use_alter=True, name="fk_form_live_version_id_form_version")
    )


class FormVersion(Base):
    """One definition (``forms.schema``); never changed once published.

    ``rule`` is what the office does with a submission by itself (JRWA class, department); forms do not read it.
    """

    __tablename__ = "form_version"
    __table_args__ = (UniqueConstraint("form_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    form_id: Mapped[int] = mapped_column(ForeignKey("form.id"))
    number: Mapped[int]
    definition: Mapped[dict[str, Any]]
    rule: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class Submission(Base):
    """One citizen's answers. ``reference`` is what people read; ``key`` makes a form posted twice one submission.

    ``document_id`` is the XML made of the answers: the record itself. States: ``forms.workflow``.
    """

    __tablename__ = "submission"
    __table_args__ = (Index("ix_submission_user_created", "user_id", "created_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(30), unique=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    form_version_id: Mapped[int] = mapped_column(ForeignKey("form_version.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    state: Mapped[str] = mapped_column(String(20))
    answers: Mapped[dict[str, Any]]
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    created_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    channel: Mapped[str] = mapped_column(String(20), default="")
    external_id: Mapped[str] = mapped_column(String(80), default="", index=True)
    """The channel's id of the lodged document."""
    receipt_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    """The UPP."""

    @property
    def ref(self) -> str:
        """How it stands in events."""
        return events.ref("submission", self.id)


class SubmissionFile(Base):
    """A file a citizen attached, under the field it answers."""

    __tablename__ = "submission_file"

    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
    field: Mapped[str] = mapped_column(String(60))
